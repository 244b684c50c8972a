import type { FakeAws } from '../../../shared/test/support/aws';
import { Refusal } from '../../../shared/test/support/json-protocol';

/** The key of the tests. */
export const KEY = 'arn:aws:kms:eu-west-1:000000000000:key/11111111-2222-3333-4444-555555555555';

/** What is in an encrypted text of the tests. */
interface Sealed {
  readonly key: unknown;
  readonly context: string;
  readonly text: unknown;
}

/** Lets the fake of AWS encrypt: readable by this, and by nobody who looks for a text. */
export function addKms(aws: FakeAws): void {
  aws.on('TrentService.Encrypt', ({ KeyId, EncryptionContext, Plaintext }) => {
    const sealed: Sealed = { key: KeyId, context: JSON.stringify(EncryptionContext), text: Plaintext };
    const turned = Buffer.from(JSON.stringify(sealed)).map((byte) => byte ^ 0x55);
    return { CiphertextBlob: Buffer.from(turned).toString('base64'), KeyId };
  });
  aws.on('TrentService.Decrypt', ({ KeyId, EncryptionContext, CiphertextBlob }) => {
    const turned = Buffer.from(String(CiphertextBlob), 'base64').map((byte) => byte ^ 0x55);
    const { key, context, text } = JSON.parse(Buffer.from(turned).toString()) as Sealed;
    if (key !== KeyId) throw new Refusal('IncorrectKeyException', 'another key');
    if (context !== JSON.stringify(EncryptionContext)) {
      throw new Refusal('InvalidCiphertextException', 'another context');
    }
    return { Plaintext: text, KeyId };
  });
}
