"""What the API servers of EKS clusters would hold.

No API server runs, and no pod. The CDK's own function works as on AWS; only the programs
that it calls (kubectl, helm, and the AWS CLI's `eks update-kubeconfig`) are small ones of
ours. What they are asked is kept per cluster, with the refusals of a real API server where
an order or a name can be wrong, and ingresses get load balancers as controllers make them.
"""
