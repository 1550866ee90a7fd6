/**
 * The folder of a MOSIP adaptor: `mosip.json`, which its operator writes, and its store. Files that
 * it names are looked for in the folder.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { sha256 } from '../../crypto/hash.ts'
import { MISSING_CAUSES } from '../../protocol/rules/application.ts'
import { systemClock } from '../clock.ts'
import type { BrokerOptions } from '../fields/mosip/broker.ts'
import type { DataShareOptions } from '../fields/mosip/data-share.ts'
import type { RegisterOptions } from '../fields/mosip/register.ts'
import type { EnvelopeKey } from '../fields/mosip/share-envelope.ts'
import { ShareToken } from '../fields/mosip/share-token.ts'
import type { Identity } from '../tls/identity.ts'
import { readAction, readCertified } from './asker-settings.ts'
import { identityAt } from './at-node.ts'
import { Settings } from './settings.ts'

const SETTINGS = 'mosip.json'
const FORMAT = 'tamga-mosip/v1'

/** Of AMQP, and of AMQP under TLS. */
const PORTS: Readonly<Record<string, number>> = { 'amqp:': 5_672, 'amqps:': 5_671 }

export interface MosipSettings {
  readonly node: string
  /** For a node at https. */
  readonly tls: Identity | undefined
  readonly broker: BrokerOptions
  readonly share: DataShareOptions
  readonly register: Omit<RegisterOptions, 'network'>
}

/** @throws TamgaError `not-found`, `malformed`: which field, and why */
export async function readMosipSettings(home: string): Promise<MosipSettings> {
  const fields = await Settings.read(join(home, SETTINGS), 'docs/mosip.md')
  if (fields.text('format') !== FORMAT) throw fields.refusal('format', `it must be ${FORMAT}`)
  const [tls, person] = [fields.textIf('tls'), fields.object('person')]
  return {
    node: fields.text('node'),
    tls: tls === undefined ? undefined : await identityAt(resolve(home, tls)),
    broker: await readBroker(fields.object('broker'), home),
    share: await readShare(fields.object('datashare'), home),
    register: {
      post: fields.text('post'),
      caseNumber: fields.text('case'),
      legalBasis: fields.text('basis'),
      insert: await readAction(fields.object('insert'), home),
      identify: await readAction(fields.object('identify'), home),
      person: {
        ...readCertified(person),
        missing: person.oneOfIf('missing', MISSING_CAUSES),
      },
    },
  }
}

async function readBroker(fields: Settings, home: string): Promise<BrokerOptions> {
  const { protocol, hostname, port } = fields.url('url')
  const usual = PORTS[protocol]
  if (usual === undefined) throw fields.refusal('url', 'it must be amqp: or amqps:')
  const passwordFile = fields.textIf('passwordFile')
  const password = passwordFile && (await readFile(resolve(home, passwordFile), 'utf8')).trim()
  return {
    host: hostname,
    port: port === '' ? usual : Number(port),
    isTls: protocol === 'amqps:',
    user: fields.textIf('user'),
    password,
    requests: fields.text('requests'),
    answers: fields.text('answers'),
  }
}

async function readShare(fields: Settings, home: string): Promise<DataShareOptions> {
  const token = fields.objectIf('token')
  const key = fields.textIf('key')
  return {
    hosts: fields.texts('hosts'),
    key: key === undefined ? undefined : await readEnvelopeKey(fields, home),
    token: token && (await readToken(token, home)),
  }
}

async function readEnvelopeKey(fields: Settings, home: string): Promise<EnvelopeKey> {
  const certificate = fields.textIf('certificate')
  const privateKey = createPrivateKey(await readFile(resolve(home, fields.text('key'))))
  if (certificate === undefined) return { privateKey, thumbprint: undefined }
  const { raw } = new X509Certificate(await readFile(resolve(home, certificate)))
  return { privateKey, thumbprint: sha256(new Uint8Array(raw)) }
}

async function readToken(fields: Settings, home: string): Promise<ShareToken> {
  const secretKey = (await readFile(resolve(home, fields.text('secretFile')), 'utf8')).trim()
  const [url, appId, clientId] = ['url', 'appId', 'clientId'].map((name) => fields.text(name))
  const options = { url: url!, appId: appId!, clientId: clientId!, secretKey }
  return new ShareToken(options, { clock: systemClock })
}
