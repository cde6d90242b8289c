// A private instance made offline: its CA, CT log, log and timestamp authority as PEM files, and what they signed.
//
//     node private_instance.mjs MODULES OUT NAME KEYS SIGNED
//
// MODULES is the folder that holds node_modules. KEYS and SIGNED are times (YYYY-MM-DDTHH:MM:SSZ): when the instance was
// set up, and when its bundles were made. Its makers take the time from Date, so Date is what is set here.
import { createRequire } from 'node:module';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { logHandler } from './log.mjs';

const [modules, out, name, keys, signed] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'node_modules', 'from-here.js'));
const RealDate = Date;
let now = RealDate.parse(keys);
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [now]));
  }
  static now() {
    return now;
  }
};

const mock = require('@sigstore/mock');
const sign = require('@sigstore/sign');
const nock = require('nock');
nock.disableNetConnect();

const host = (service) => `https://${service}.${name}.example.org`;
const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (label, der) => {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g).join('\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
};
mkdirSync(out, { recursive: true });
const write = (file, text) => writeFileSync(path.join(out, file), text);

const [caKey, ctKey, logKey, tsaKey] = [pair(), pair(), pair(), pair()];
const ctLog = await mock.initializeCTLog(ctKey);
const ca = await mock.initializeCA(caKey, ctLog);
const tsa = await mock.initializeTSA(tsaKey);
write('ca.pem', pem('CERTIFICATE', ca.rootCertificate));
write('ct.pub', pem('PUBLIC KEY', ctLog.publicKey));
write('rekor.pub', pem('PUBLIC KEY', logKey.publicKey.export({ format: 'der', type: 'spki' })));
write('tsa.pem', pem('CERTIFICATE', tsa.intCertificate) + pem('CERTIFICATE', tsa.rootCertificate));

now = RealDate.parse(signed);
const serve = (base, handler) =>
  nock(base)
    .persist()
    .post(handler.path)
    .reply(async (_, body) => {
      const asked = typeof body === 'string' ? body : JSON.stringify(body);
      const { statusCode, response, contentType } = await handler.fn(asked);
      return [statusCode, response, { 'Content-Type': contentType || 'application/json' }];
    });
serve(host('fulcio'), mock.fulcioHandler(ca));
serve(host('rekor'), logHandler(`rekor.${name}.example.org`, logKey));
serve(host('tsa'), mock.tsaHandler(tsa));

const workflow = `example/${name}/.github/workflows/release.yml@refs/heads/main`;
// As a workflow's token says it: `gh` asks for repository and workflow in the certificate.
const claims = {
  iss: 'https://token.actions.githubusercontent.com',
  sub: `https://github.com/${workflow}`,
  event_name: 'push',
  sha: '0123456789012345678901234567890123456789',
  workflow: 'release',
  workflow_ref: workflow,
  job_workflow_ref: workflow,
  repository: `example/${name}`,
  repository_owner: 'example',
  ref: 'refs/heads/main',
  runner_environment: 'github-hosted',
};
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${part({ alg: 'none' })}.${part(claims)}.`;
const options = {
  signer: new sign.FulcioSigner({
    fulcioBaseURL: host('fulcio'),
    identityProvider: { getToken: async () => token },
  }),
  witnesses: [
    new sign.RekorWitness({ rekorBaseURL: host('rekor'), entryType: 'dsse' }),
    new sign.TSAWitness({ tsaBaseURL: host('tsa') }),
  ],
};
const { bundleToJSON } = require('@sigstore/bundle');
const artifact = Buffer.from(`released by ${name}\n`);
write('artifact', artifact);
const blob = await new sign.MessageSignatureBundleBuilder(options).create({ data: artifact });
write('blob.json', JSON.stringify(bundleToJSON(blob)));
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'artifact', digest: { sha256: createHash('sha256').update(artifact).digest('hex') } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {},
};
const data = Buffer.from(JSON.stringify(statement));
const attested = await new sign.DSSEBundleBuilder({ ...options, certificateChain: false }).create({
  data,
  type: 'application/vnd.in-toto+json',
});
write('attestation.json', JSON.stringify(bundleToJSON(attested)));
