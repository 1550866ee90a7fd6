/**
 * The folder of an OSIA station: `osia.json`, which its operator writes, and its store. Files that
 * it names are looked for in the folder.
 */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { TamgaError } from '../../protocol/errors.ts'
import { Bearer } from '../fields/osia/bearer.ts'
import { systemClock } from '../clock.ts'
import type { OperationsOptions } from '../fields/osia/operations.ts'
import type { RegisterOptions } from '../fields/osia/register.ts'
import type { ServiceOptions } from '../fields/osia/service.ts'
import type { Identity } from '../tls/identity.ts'
import type { ActionOfficer } from '../fields/asker.ts'
import { readAction, readCertified } from './asker-settings.ts'
import { identityAt } from './at-node.ts'
import { Settings } from './settings.ts'

const SETTINGS = 'osia.json'
const FORMAT = 'tamga-osia/v1'
const ACTIONS = ['enrol', 'identify', 'verify', 'read'] as const

const PORT_MAX = 65_535

export interface OsiaSettings {
  readonly node: string
  /** For a node at https. */
  readonly tls: Identity | undefined
  readonly service: ServiceOptions
  readonly bearer: Bearer
  readonly register: RegisterOptions
  readonly operations: OperationsOptions
}

/** @throws TamgaError `not-found`, `malformed`: which field, and why */
export async function readOsiaSettings(home: string): Promise<OsiaSettings> {
  const fields = await Settings.read(join(home, SETTINGS), 'docs/osia.md')
  if (fields.text('format') !== FORMAT) throw fields.refusal('format', `it must be ${FORMAT}`)
  const tls = fields.textIf('tls')
  return {
    node: fields.text('node'),
    tls: tls === undefined ? undefined : await identityAt(resolve(home, tls)),
    service: await readService(fields.object('listen'), fields.texts('callbacks'), home),
    bearer: await readBearer(fields.object('token'), home),
    register: {
      network: fields.text('network'),
      post: fields.text('post'),
      caseNumber: fields.text('case'),
      legalBasis: fields.text('basis'),
      officers: await readOfficers(fields.object('officers'), home),
    },
    operations: readOperations(fields.object('person')),
  }
}

async function readService(
  fields: Settings,
  callbacks: readonly string[],
  home: string,
): Promise<ServiceOptions> {
  const port = Number(fields.text('port'))
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) {
    throw fields.refusal('port', `it must be 0 to ${PORT_MAX}`)
  }
  const strange = callbacks.find((origin) => !isOrigin(origin))
  if (strange !== undefined) throw fields.refusal('callbacks', `${strange} is no origin`)
  const [key, certificate] = [fields.textIf('key'), fields.textIf('certificate')]
  const isTls = key !== undefined && certificate !== undefined
  return {
    host: fields.text('host'),
    port,
    callbacks,
    tls: isTls
      ? {
          key: await readFile(resolve(home, key), 'utf8'),
          certificate: await readFile(resolve(home, certificate), 'utf8'),
        }
      : undefined,
  }
}

async function readBearer(fields: Settings, home: string): Promise<Bearer> {
  const publicKey = await readFile(resolve(home, fields.text('key')), 'utf8')
  const about = { audience: fields.textIf('audience'), issuer: fields.textIf('issuer') }
  try {
    return new Bearer({ publicKey, ...about }, { clock: systemClock })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it is none'
    throw new TamgaError('malformed', `the key of tokens: ${why}`, { cause })
  }
}

async function readOfficers(fields: Settings, home: string): Promise<RegisterOptions['officers']> {
  const officers: Partial<Record<(typeof ACTIONS)[number], ActionOfficer>> = {}
  for (const action of ACTIONS) {
    const given = fields.objectIf(action)
    if (given) officers[action] = await readAction(given, home)
  }
  return officers
}

function readOperations(fields: Settings): OperationsOptions {
  return {
    state: fields.textIf('state') ?? 'KAZ',
    person: readCertified(fields),
  }
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}
