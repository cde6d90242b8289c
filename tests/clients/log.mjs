// A log as Rekor v1 answers: what it writes down of a signature, the promise over it, and a proof in a tree of two leaves.
// The mock's log keeps a DSSE envelope as it came and has one leaf, whose empty proof some clients do not read.
import { createHash, sign } from 'node:crypto';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

// RFC 8785 for what is written here: objects, lists, strings of ASCII and whole numbers.
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(',')}}`;
};

// Certificates are written anew: 64 columns, and a line feed at the end.
const pem = (content) => {
  const text = Buffer.from(content, 'base64').toString();
  const lines = text.replace(/-----[A-Z ]+-----|\s/g, '').match(/.{1,64}/g).join('\n');
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`).toString('base64');
};

// A DSSE envelope is proposed whole; hashes and signatures stay.
const kept = (proposed) => {
  if (proposed.kind !== 'dsse') {
    const { publicKey } = proposed.spec.signature;
    publicKey.content = pem(publicKey.content);
    return proposed;
  }
  const { envelope, verifiers } = proposed.spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope);
  const digest = (bytes) => ({ algorithm: 'sha256', value: sha256(bytes).toString('hex') });
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: digest(envelope),
      payloadHash: digest(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }, at) => ({ signature: sig, verifier: pem(verifiers[at]) })),
    },
  };
};

export const logHandler = (origin, { publicKey, privateKey }) => {
  const logID = sha256(publicKey.export({ format: 'der', type: 'spki' }));
  const fn = async (asked) => {
    const body = Buffer.from(canonical(kept(JSON.parse(asked))));
    const integratedTime = Math.floor(Date.now() / 1000);
    const first = sha256(Buffer.from([0]), 'the first leaf');
    const rootHash = sha256(Buffer.from([1]), first, sha256(Buffer.from([0]), body));
    // The number of the tree after the origin tells a Rekor v1 from a v2.
    const note = `${origin} - 1\n2\n${rootHash.toString('base64')}\n`;
    const signature = Buffer.concat([logID.subarray(0, 4), sign('sha256', Buffer.from(note), privateKey)]);
    const checkpoint = `${note}\n\u2014 ${origin} ${signature.toString('base64')}\n`;
    const entry = { body: body.toString('base64'), integratedTime, logID: logID.toString('hex'), logIndex: 1 };
    const promise = sign('sha256', Buffer.from(canonical(entry)), privateKey);
    const inclusionProof = {
      checkpoint,
      hashes: [first.toString('hex')],
      logIndex: 1,
      rootHash: rootHash.toString('hex'),
      treeSize: 2,
    };
    const verification = { inclusionProof, signedEntryTimestamp: promise.toString('base64') };
    const uuid = sha256(body).toString('hex');
    return { statusCode: 201, response: JSON.stringify({ [uuid]: { ...entry, verification } }) };
  };
  return { path: '/api/v1/log/entries', fn };
};
