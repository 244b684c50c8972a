import { crc32 } from 'node:zlib';

/** A zip archive whose entries are stored as they are. */
export function zip(entries: readonly (readonly [name: string, content: string | Uint8Array])[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of entries) {
    const content = Buffer.from(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE(offset, 10);
    const file = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), content]);
    files.push(file);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, attributes.subarray(0, 14), Buffer.from(name));
    offset += file.length;
  }
  const size = Buffer.concat(directory).length;
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** The media types of office files. */
export const DOCX = `${OFFICE}.wordprocessingml.document`;
export const XLSX = `${OFFICE}.spreadsheetml.sheet`;
const PPTX = `${OFFICE}.presentationml.presentation`;

/** The list of contents of an office file. */
export const contentTypes = (mainType: string): string =>
  `<?xml version="1.0"?><Types><Override PartName="/main.xml" ContentType="${mainType}.main+xml"/></Types>`;

const office = (mainType: string, folder: string): Buffer =>
  zip([
    ['[Content_Types].xml', contentTypes(mainType)],
    [`${folder}/main.xml`, '<main/>'],
  ]);

/** The smallest files that are recognized, by media type. */
export const SAMPLES: Readonly<Record<string, Buffer>> = {
  'application/pdf': Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\nendobj\n%%EOF\n', 'latin1'),
  'image/png': Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
  'image/jpeg': Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex'),
  'image/gif': Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64'),
  'text/plain': Buffer.from('Guten Tag,\r\n\tこんにちは 😀\n'),
  'text/csv': Buffer.from('name,number\nApfel,1\n'),
  'application/zip': zip([['readme.txt', 'hello']]),
  [DOCX]: office(DOCX, 'word'),
  [XLSX]: office(XLSX, 'xl'),
  [PPTX]: office(PPTX, 'ppt'),
};
