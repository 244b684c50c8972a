import type { Router } from '@aws-lambda-powertools/event-handler/http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { v7 as uuid } from 'uuid';
import { settings } from './api-settings';
import { documentOf, versionAnswer } from './document-answer';
import { DocumentRepository } from './document-repository';
import { etagOf, isKnown, versionsOf } from './etags';
import { once } from './idempotency';
import { objectKey } from './keys';
import { count } from './observability';
import { Problem, parse } from './problem';
import { bodyOf, idOf, ownerOf } from './request';
import { documentBody, idempotencyKey, listQuery, pageToken, uploadBody } from './schemas';
import { SignedUrls } from './signed-urls';

// Three attempts of a second each: an answer comes before the function's time is over, and long before API Gateway gives
// up, which is after 29 s.
const client = new DynamoDBClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 1000, throwOnRequestTimeout: true },
});
const documents = new DocumentRepository(DynamoDBDocumentClient.from(client), settings.tableName);
const urls = new SignedUrls(client.config, settings.bucketName);
const uploadRequest = uploadBody(settings.uploads);

/** Adds the API's routes. */
export function addDocumentRoutes(router: Router): void {
  router.post('/documents', async ({ req, event, context }) => {
    const owner = ownerOf(event);
    const key = req.headers.get('idempotency-key');
    if (key !== null) parse(idempotencyKey, key, ['Idempotency-Key']);
    const body = await bodyOf(req, documentBody);
    const create = async () => {
      const document = await documents.add(owner, body);
      count('DocumentsCreated');
      return document;
    };
    const request = { owner, operation: 'POST /documents', body, context };
    const document = await (key === null
      ? create()
      : once(client, settings.tableName, { ...request, key }, create));
    // Relative to the request's own address: what comes before `documents` there is not known here.
    const location = `documents/${document.id}`;
    return versionAnswer(documentOf(document), document.version, { status: 201, headers: { location } });
  });

  router.get('/documents', async ({ req, event }) => {
    const owner = ownerOf(event);
    const { limit, next } = parse(listQuery, Object.fromEntries(new URL(req.url).searchParams));
    const page = await documents.list(owner, limit, next);
    return Response.json({
      documents: page.documents.map((document) => documentOf(document)),
      next: page.next && pageToken(page.next),
    });
  });

  router.get('/documents/:id', async ({ req, event, params }) => {
    const document = await documents.get(ownerOf(event), idOf(params));
    if (isKnown(req.headers.get('if-none-match'), document.version)) {
      return new Response(null, { status: 304, headers: { etag: etagOf(document.version) } });
    }
    const { file } = document;
    const downloadUrl = file?.status === 'accepted' ? await urls.download(file) : undefined;
    return versionAnswer(documentOf(document, downloadUrl), document.version);
  });

  router.put('/documents/:id', async ({ req, event, params }) => {
    const owner = ownerOf(event);
    const id = idOf(params);
    const ifMatch = req.headers.get('if-match');
    if (ifMatch === null)
      throw new Problem(428, 'Send If-Match with the ETag of the document that you have read.');
    const versions = versionsOf(ifMatch);
    const document = await documents.change(owner, id, versions, await bodyOf(req, documentBody));
    count('DocumentsChanged');
    return versionAnswer(documentOf(document), document.version);
  });

  router.delete('/documents/:id', async ({ req, event, params }) => {
    const owner = ownerOf(event);
    const ifMatch = req.headers.get('if-match');
    await documents.remove(owner, idOf(params), ifMatch === null ? 'any' : versionsOf(ifMatch));
    count('DocumentsDeleted');
    return new Response(null, { status: 204 });
  });

  router.post('/documents/:id/upload', async ({ req, event, params }) => {
    const owner = ownerOf(event);
    const documentId = idOf(params);
    const upload = { id: uuid(), ...(await bodyOf(req, uploadRequest)) };
    const { version } = await documents.expectUpload(owner, documentId, upload);
    const place = { folder: 'incoming', owner, documentId, uploadId: upload.id } as const;
    const ticket = await urls.upload(objectKey(place), upload);
    count('UploadsAllowed');
    return versionAnswer(ticket, version);
  });
}
