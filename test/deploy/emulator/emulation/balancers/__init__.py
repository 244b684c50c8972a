"""Load balancers on addresses of their own, with a socket for each of their listeners."""
