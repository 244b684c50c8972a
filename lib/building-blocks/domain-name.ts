import { Token } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { Problems } from './problems';

/** A name of its own, and the zone that holds it. */
export interface NamedInZone {
  readonly hostedZone?: route53.IHostedZone;
  readonly domainName?: string;
}

/** Adds to `problems` what is wrong with a name and its zone: each needs the other, and the name lies in the zone. */
export function checkDomainName({ domainName, hostedZone }: NamedInZone, problems: Problems): void {
  if (domainName !== undefined && !hostedZone) {
    problems.add('domainName', domainName, 'needs the zone that holds its record; give hostedZone too.');
  }
  checkNameInZone(domainName, hostedZone?.zoneName, problems);
}

/** Adds to `problems` a zone without a name in it, a name that is none, or one that is not in the zone; tokens pass. */
export function checkNameInZone(
  domainName: string | undefined,
  zoneName: string | undefined,
  problems: Problems,
): void {
  if (zoneName !== undefined && domainName === undefined) {
    problems.add('hostedZone', zoneName, 'is of no use without a name in it; give domainName too.');
  }
  if (domainName === undefined || Token.isUnresolved(domainName)) return;
  if (!NAME.test(domainName)) {
    problems.add(
      'domainName',
      domainName,
      "is no fully qualified name; give one in lower case, like 'www.example.com', without https:// and a dot at its end.",
    );
    return;
  }
  if (zoneName !== undefined && !Token.isUnresolved(zoneName) && !`.${domainName}`.endsWith(`.${zoneName}`)) {
    problems.add('domainName', domainName, `is not in the zone ${zoneName}; give a name that is.`);
  }
}

/** Letters in lower case: browsers name a site's origin in them, and S3 compares it letter by letter. */
const NAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;

/** Requests a certificate of the scope's own region for a name, where there is a zone that can prove it. */
export function requestCertificate(
  scope: Construct,
  id: string,
  { domainName, hostedZone }: NamedInZone,
): acm.ICertificate | undefined {
  if (!domainName || !hostedZone) return undefined;
  return new acm.Certificate(scope, id, {
    domainName,
    validation: acm.CertificateValidation.fromDns(hostedZone),
  });
}

/** Adds to `problems` a private zone where a public one must prove a certificate; an imported zone does not tell which it is. */
export function checkPublicZone(hostedZone: route53.IHostedZone | undefined, problems: Problems): void {
  if (!(hostedZone instanceof route53.PrivateHostedZone)) return;
  problems.add(
    'hostedZone',
    hostedZone.zoneName,
    'is private and can prove no certificate; give a public zone, or a certificate where one can be given.',
  );
}

/** Adds to `problems` what is wrong with a name, its zone, and a certificate that takes the place of a requested one. */
export function checkCertifiedName(
  props: NamedInZone & { readonly certificate?: acm.ICertificate },
  problems: Problems,
): void {
  const { certificate, domainName, hostedZone } = props;
  checkDomainName(props, problems);
  if (!certificate) checkPublicZone(hostedZone, problems);
  if (certificate && domainName === undefined) {
    problems.add(
      'certificate',
      certificate.certificateArn,
      'is of no use without a name; give domainName too.',
    );
  }
}

/** Adds to `problems` an ARN that is not of us-east-1, where CloudFront looks for certificates and web ACLs. */
export function checkUsEast1(prop: string, arn: string | undefined, problems: Problems): void {
  if (arn === undefined || Token.isUnresolved(arn) || arn.split(':')[3] === 'us-east-1') return;
  problems.add(prop, arn, 'is no ARN of us-east-1, where CloudFront looks for it; give one that is.');
}

/** Adds to `problems` a web ACL that CloudFront does not take. */
export function checkWebAclForCloudFront(webAclId: string | undefined, problems: Problems): void {
  checkUsEast1('webAclId', webAclId, problems);
  if (webAclId && !Token.isUnresolved(webAclId) && !webAclId.includes(':global/webacl/')) {
    problems.add('webAclId', webAclId, 'is no ARN of a web ACL with the scope CLOUDFRONT; give one that is.');
  }
}
