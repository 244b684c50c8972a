import type { Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import type { SiteDomain } from '../../lib/building-blocks/site-domain';
import type { BadInput } from './bad-input';

const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012';
const WEB_ACL =
  'arn:aws:wafv2:us-east-1:123456789012:global/webacl/site/12345678-1234-1234-1234-123456789012';

/** What a site behind CloudFront refuses of its name, certificate and web ACL. */
export function badSiteDomains(stack: Stack): BadInput<SiteDomain>[] {
  const domainName = 'documents.example.com';
  const zoneOf = (id: string, zoneName: string) =>
    route53.HostedZone.fromHostedZoneAttributes(stack, id, {
      hostedZoneId: 'Z0123456789ABCDEFGHIJ',
      zoneName,
    });
  const [hostedZone, dotted] = [zoneOf('AnyZone', 'example.com'), zoneOf('DottedZone', 'example.com.')];
  const privateZone = new route53.PrivateHostedZone(stack, 'PrivateZone', {
    vpc: new ec2.Vpc(stack, 'PrivateZoneVpc'),
    zoneName: 'example.com',
  });
  const elsewhere = ARN.replace('us-east-1', 'ap-northeast-1');
  const certificate = acm.Certificate.fromCertificateArn(stack, 'AnyCertificate', ARN);
  const regional = acm.Certificate.fromCertificateArn(stack, 'RegionalCertificate', elsewhere);
  const noName =
    "is no fully qualified name; give one in lower case, like 'www.example.com', without https:// and a dot at its end.";
  const wrongAcl = WEB_ACL.replace('us-east-1', 'eu-west-1');
  const regionalAcl = WEB_ACL.replace('global', 'regional');
  return [
    [
      'a name without its zone',
      { domainName, certificate },
      `domainName: "${domainName}" needs the zone that holds its record; give hostedZone too.`,
    ],
    [
      'a zone without a name',
      { hostedZone },
      'hostedZone: "example.com" is of no use without a name in it; give domainName too.',
    ],
    [
      'a name of another zone',
      { hostedZone, domainName: 'badexample.com', certificate },
      'domainName: "badexample.com" is not in the zone example.com; give a name that is.',
    ],
    [
      'a private zone, whose records nobody outside sees',
      { hostedZone: privateZone, domainName, certificate },
      'hostedZone: "example.com" is private and can prove no certificate; give a public zone, or a certificate where one can be given.',
    ],
    [
      'a name without a certificate',
      { hostedZone, domainName },
      `domainName: "${domainName}" needs a certificate of us-east-1 for CloudFront; give certificate, for example that of a CloudFrontEdge.`,
    ],
    [
      'a certificate of another region',
      { hostedZone, domainName, certificate: regional },
      `certificate: "${elsewhere}" is no ARN of us-east-1, where CloudFront looks for it; give one that is.`,
    ],
    [
      'a certificate without a name',
      { certificate },
      `certificate: "${ARN}" is of no use without a name; give domainName too.`,
    ],
    ...[
      'https://documents.example.com',
      'documents.example.com/',
      'Documents.example.com',
      '*.example.com',
      'under_score.example.com',
      '-a.example.com',
      'a-.example.com',
      'a..example.com',
      `${'a'.repeat(64)}.example.com`,
      '',
    ].map(
      (name): BadInput<SiteDomain> => [
        `the name '${name}'`,
        { hostedZone, domainName: name, certificate },
        `domainName: "${name}" ${noName}`,
      ],
    ),
    [
      'a name and a zone with a dot at the end',
      { hostedZone: dotted, domainName: 'documents.example.com.', certificate },
      `domainName: "documents.example.com." ${noName}`,
    ],
    [
      'a web ACL of another region',
      { webAclId: wrongAcl },
      `webAclId: "${wrongAcl}" is no ARN of us-east-1, where CloudFront looks for it; give one that is.`,
    ],
    [
      'a regional web ACL',
      { webAclId: regionalAcl },
      `webAclId: "${regionalAcl}" is no ARN of a web ACL with the scope CLOUDFRONT; give one that is.`,
    ],
  ];
}
