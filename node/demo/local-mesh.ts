/**
 * A whole mesh in one process: real libp2p over TCP on loopback, real LevelDB in a folder, one set
 * of keys made at the first start and found again at the next.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { noteVerifier } from '../../crypto/note.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { openRoster, signRoster } from '../../protocol/roster.ts'
import {
  authoritySigner,
  authorityVkey,
  newKey,
  readKey,
  writeKey,
  type Key,
} from '../cli/key-file.ts'
import { rosterNode } from '../cli/roster-node.ts'
import { Host } from '../host.ts'
import type { Logger } from '../logger.ts'
import { systemRandom } from '../random.ts'
import { ROLES } from '../../protocol/credential.ts'
import { ORGANISATIONS } from '../../protocol/rules/organisations.ts'
import { SEED_2017 } from '../../protocol/rules/policies/seed-2017.ts'
import { systemClock } from '../clock.ts'
import { freePort } from './free-port.ts'
import { appointOfficials, foundRegister, type Officials } from './officials.ts'

/** The regions, in the order in which a mesh of n takes them. */
export const REGIONS = [
  'almaty',
  'astana',
  'shymkent',
  'aktobe',
  'karaganda',
  'atyrau',
  'pavlodar',
  'kostanay',
  'turkistan',
  'zhambyl',
  'mangystau',
  'kyzylorda',
  'abai',
  'jetisu',
  'ulytau',
  'akmola',
  'almaty-region',
  'east-kazakhstan',
  'north-kazakhstan',
  'west-kazakhstan',
] as const

export const NODES_LIMIT = REGIONS.length

/** Enough that rendezvous hashing spreads them without leaving a node idle. */
const SHARDS_PER_NODE = 4

const NETWORK = 'demo.registry.kz'

/** From when on credentials are good, ms: always the same, so that a restart grants none anew. */
const APPOINTED_AT = Date.UTC(2026, 0, 1)

/** One officer does in a minute what twenty do in a day. */
const RATE_FACTOR = 100

/** Where the search for free ports begins by default, for peers and for HTTP. */
const PORTS = { mesh: 4_101, http: 8_101 }

export interface LocalMesh {
  readonly folder: string
  readonly network: string
  readonly hosts: readonly Host[]
  readonly officials: Officials
  readonly roster: string
  readonly authority: string
  close(): Promise<void>
}

export interface LocalMeshOptions {
  readonly nodes: number
  readonly folder: string
  /** Where the search for free ports begins: apart, where several meshes are started at once. */
  readonly ports?: { readonly mesh: number; readonly http: number }
}

/**
 * @throws TamgaError `unreachable`: a port of the folder's roster is taken; and what `Host` throws
 */
export async function startLocalMesh(
  { nodes, folder, ports = PORTS }: LocalMeshOptions,
  { logger }: { logger: Logger },
): Promise<LocalMesh> {
  await mkdir(folder, { recursive: true })
  const keyring =
    (await readKeyring(folder, nodes)) ?? (await newKeyring(folder, nodes, ports.mesh))
  const { roster, authority, officials } = keyring
  const hosts: Host[] = []
  const close = async (): Promise<void> => {
    await Promise.all(hosts.map(async (host) => host.close()))
  }
  try {
    for (const [i, { name, seed }] of keyring.nodes.entries()) {
      const port = await freePort(ports.http + i)
      const http = { host: '127.0.0.1', port }
      const rateFactor = RATE_FACTOR
      const options = {
        name,
        seed,
        roster,
        authority,
        http,
        rateFactor,
        folder: join(folder, name),
      }
      hosts.push(await Host.start({ ...options, workers: 1 }, { logger }))
    }
    await Promise.all(hosts.map(async ({ node }) => node.ready()))
    const about = { network: NETWORK, policies: [SEED_2017] }
    await foundRegister(hosts[0]!.node, about, officials, { clock: systemClock })
  } catch (error) {
    await close()
    throw error
  }
  return { folder, network: NETWORK, hosts, officials, roster, authority, close }
}

interface Keyring {
  readonly nodes: readonly Key[]
  readonly officials: Officials
  readonly authority: string
  readonly roster: string
}

async function readKeyring(folder: string, nodes: number): Promise<Keyring | undefined> {
  const roster = await readFile(join(folder, 'roster.note'), 'utf8').catch(() => undefined)
  if (roster === undefined) return undefined
  const authority = authorityVkey(await readKey(join(folder, 'authority.key'), 'authority'))
  const { nodes: listed } = openRoster(roster, noteVerifier(authority))
  if (listed.length !== nodes) {
    throw new TamgaError('conflict', `${folder} holds a mesh of ${listed.length} nodes`)
  }
  const keys = listed.map(async ({ name }) => readKey(join(folder, `${name}.key`), 'node'))
  const seeds = new Map<string, Uint8Array>()
  for (const name of Object.keys(ORGANISATIONS)) {
    seeds.set(name, (await readKey(join(folder, `${name}.key`), 'organisation')).seed)
  }
  for (const role of ROLES) {
    seeds.set(role, (await readKey(join(folder, `${role}.key`), 'officer')).seed)
  }
  const region = listed[0]!.name
  return { nodes: await Promise.all(keys), officials: appointed(region, seeds), authority, roster }
}

/** The roster is written last: a folder without one is a folder that was never finished. */
async function newKeyring(folder: string, count: number, from: number): Promise<Keyring> {
  const nodes: Key[] = []
  let port = from
  for (const name of REGIONS.slice(0, count)) {
    port = await freePort(port)
    const address = `/ip4/127.0.0.1/tcp/${port}`
    nodes.push(newKey({ kind: 'node', name, address }, systemRandom))
    port += 1
  }
  const officialKeys = [
    ...Object.keys(ORGANISATIONS).map((name) =>
      newKey({ kind: 'organisation', name }, systemRandom),
    ),
    ...ROLES.map((name) => newKey({ kind: 'officer', name }, systemRandom)),
  ]
  const officials = appointed(
    nodes[0]!.name,
    new Map(officialKeys.map(({ name, seed }) => [name, seed])),
  )
  const authority = newKey({ kind: 'authority', name: `${NETWORK}/authority` }, systemRandom)
  for (const key of [...nodes, ...officialKeys])
    await writeKey(join(folder, `${key.name}.key`), key)
  for (const role of ROLES) {
    await writeFile(join(folder, `${role}.credential`), officials.officers[role].credential)
  }
  await writeKey(join(folder, 'authority.key'), authority)
  const roster = signRoster(
    {
      network: NETWORK,
      epoch: 1,
      shards: SHARDS_PER_NODE * count,
      replicas: Math.min(2, count),
      mirrors: Math.min(2, count - 1),
      nodes: nodes.map(rosterNode),
      organisations: officials.organisations,
    },
    authoritySigner(authority),
  )
  const opened = openRoster(roster, noteVerifier(authorityVkey(authority)))
  for (const { name } of nodes) {
    await Host.init({ name, roster: opened, folder: join(folder, name) })
  }
  await writeFile(join(folder, 'authority.vkey'), `${authorityVkey(authority)}\n`)
  await writeFile(join(folder, 'roster.note'), roster)
  return { nodes, officials, authority: authorityVkey(authority), roster }
}

function appointed(region: string, seeds: ReadonlyMap<string, Uint8Array>): Officials {
  const about = { network: NETWORK, region, from: APPOINTED_AT }
  return appointOfficials(about, (name) => seeds.get(name)!)
}
