/**
 * The main job, told as it happens: people are enrolled in their regions, other regions are asked
 * who somebody is, and every answer is checked with nothing but the roster.
 */
import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fromBase64, toBase64, toHex } from '../../crypto/bytes.ts'
import { noteVerifier } from '../../crypto/note.ts'
import { COUNTED_RATE_MIN } from '../../matcher/threshold.ts'
import { openRoster } from '../../protocol/roster.ts'
import { signDeed } from '../../protocol/signed-deed.ts'
import { verifyAccessList } from '../audit/verify-access-list.ts'
import { verifyAnswer } from '../audit/verify-answer.ts'
import type { FingerArgument } from '../cli/arguments.ts'
import { readCaptures, withExtractor, type Capture } from '../cli/captures.ts'
import { Client, type RenderedAnswer } from '../cli/client.ts'
import { bodyOf, signedBodyOf, type RequestBody } from '../post/request.ts'
import { systemClock } from '../clock.ts'
import { TamgaError } from '../../protocol/errors.ts'
import { systemRandom } from '../random.ts'
import type { LocalMesh } from './local-mesh.ts'
import { demoPeople, type DemoPerson } from './people.ts'
import { writePictures } from './pictures.ts'
import { stationRequest } from './station-request.ts'

/** How long the nodes may take to have each other's logs, ms. */
const CONVERGE_MS_MAX = 60_000
const CONVERGE_POLL_MS = 10

/** ISO/IEC 19794-2 finger positions by name. */
const FINGERS = [
  'unknown finger',
  'right thumb',
  'right index',
  'right middle',
  'right ring',
  'right little',
  'left thumb',
  'left index',
  'left middle',
  'left ring',
  'left little',
] as const

/** Of a list, the latest: a mesh that has been started often has many. */
const ACCESSES_SHOWN = 6

type Say = (line: string) => void

/** From files to what an officer signs: images are extracted here, by worker threads. */
type Take = (fingers: readonly FingerArgument[]) => Promise<Capture[]>

export async function tellStory(mesh: LocalMesh, say: Say): Promise<void> {
  introduce(mesh, say)
  await connected(mesh, say)
  await withExtractor(async (extractor) => {
    await tell(mesh, (fingers) => readCaptures(fingers, {}, extractor), say)
  })
}

async function tell(mesh: LocalMesh, take: Take, say: Say): Promise<void> {
  const bundle = await demoPeople()
  const { people, stranger } = bundle
  await enrolAll(mesh, people, take, say)
  await converged(mesh, say)

  say('\nWho is this? (other impressions of enrolled fingers, asked in other regions)')
  const asked = [0, 5, people.length - 2].map((place) => people[place]!)
  for (const [i, person] of asked.entries()) {
    await identify(mesh, i + 1, await take(person.probes), person, people, say)
  }
  say('\nAnd this? (the fingers of somebody who is not enrolled)')
  await identify(mesh, 0, await take(stranger), undefined, people, say)

  say('\nIs this who they say? (1:1 against the handle, answered by one shard)')
  await verify(mesh, people[1]!, await take(people[1]!.probes), 'the right finger', say)
  await verify(mesh, people[1]!, await take(people[2]!.probes), "somebody else's finger", say)

  say('\nWho has looked at my record? (what the person gets, and anybody can check)')
  await accesses(mesh, people[1]!, say)

  say('\nWhat do the prints look like? (ridges, minutiae, and which of them a match goes by)\n')
  for (const { what, file } of await writePictures(bundle, mesh.folder)) {
    say(`  ${what.padEnd(16)} ${relative('.', file)}`)
  }
}

/** A request body on disk that `curl` can send: the statement in it is good for a day. */
export async function writeExample(mesh: LocalMesh): Promise<string> {
  const { people } = await demoPeople()
  const file = join(mesh.folder, 'identify.json')
  const probes = await withExtractor((extractor) => {
    return readCaptures(people[0]!.probes, {}, extractor)
  })
  const body = request(mesh, 'identify', probes)
  await writeFile(file, JSON.stringify(body, null, 2))
  return file
}

function introduce({ hosts, folder }: LocalMesh, say: Say): void {
  const { roster } = hosts[0]!.node
  const { shards, replicas } = roster
  say(`Tamga: ${hosts.length} regional nodes, ${shards} shards with ${replicas} replicas each`)
  say(`keys, logs and sealed templates in ${folder}\n`)
  for (const { node, gateway } of hosts) {
    const { address } = roster.nodes.find(({ name }) => name === node.name)!
    const held = node.keeper.shards.join(' ')
    say(`  ${node.name.padEnd(16)} ${address.padEnd(26)} ${gateway.url}   shards ${held}`)
  }
}

async function connected({ hosts }: LocalMesh, say: Say): Promise<void> {
  const started = Date.now()
  await until('every node reaches every other', () =>
    hosts.every(({ node }) => node.mesh.connected().length === hosts.length - 1),
  )
  say(`\nevery node reaches every other, after ${Date.now() - started} ms`)
}

async function enrolAll(
  mesh: LocalMesh,
  people: readonly DemoPerson[],
  take: Take,
  say: Say,
): Promise<void> {
  const { hosts } = mesh
  const known = people.filter(({ handle }) => hosts[0]!.node.registry.person(handle))
  if (known.length === people.length) {
    say(`\n${known.length} people are in the register already; nobody is enrolled twice`)
    return
  }
  const missing = people.filter((person) => !known.includes(person))
  say(`\nEnrolling ${missing.length} people, from images of their fingers`)
  say('(each is first searched for in every shard)')
  for (const [i, person] of missing.entries()) {
    const host = hosts.find(({ node }) => node.name === person.region) ?? hosts[i % hosts.length]!
    await enrolOne(mesh, host, person, await take(person.fingers), say)
  }
}

async function enrolOne(
  mesh: LocalMesh,
  { node, gateway }: LocalMesh['hosts'][number],
  { name, handle }: DemoPerson,
  fingers: readonly Capture[],
  say: Say,
): Promise<void> {
  const started = performance.now()
  const body = request(mesh, 'enrol', fingers, handle)
  const who = `  ${node.name.padEnd(16)} ${name.padEnd(20)}`
  const client = new Client({ url: gateway.url })
  const { shard, replicas, index, status } = await client.enrol(body)
  const where = `shard ${String(shard).padStart(2)} on ${replicas.join(', ')}`
  const took = (performance.now() - started).toFixed(0)
  const place = `entry ${String(index).padStart(3)}  ${where}`
  say(`${who} ${short(toHex(handle))}  ${status}  ${place}  ${took} ms`)
}

async function converged({ hosts }: LocalMesh, say: Say): Promise<void> {
  const started = Date.now()
  await until('every node has every log', () =>
    hosts.every(({ node }) =>
      hosts.every(({ node: other }) => {
        const folded = node.registry.frontier().find((log) => log.node === other.name)
        return folded?.size === other.ledger.own.size
      }),
    ),
  )
  const entries = hosts.reduce((sum, { node }) => sum + node.ledger.own.size, 0)
  const took = Date.now() - started
  say(
    `\nevery node has verified and folded all ${hosts.length} logs: ${entries} entries, ${took} ms`,
  )
}

async function identify(
  mesh: LocalMesh,
  at: number,
  fingers: readonly Capture[],
  person: DemoPerson | undefined,
  people: readonly DemoPerson[],
  say: Say,
): Promise<void> {
  const { node, gateway } = mesh.hosts[at % mesh.hosts.length]!
  const started = performance.now()
  const body = request(mesh, 'identify', fingers)
  const answer = await new Client({ url: gateway.url }).identify(body)
  const took = performance.now() - started
  const truth = person ? `in truth ${person.name}` : 'in truth a stranger'
  say(`\n  ${node.name} is asked (${truth}): ${answer.verdict}`)
  for (const [place, candidate] of answer.candidates.entries()) {
    const name = people.find(({ handle }) => toHex(handle) === candidate.handle)?.name ?? 'unknown'
    const where = `${candidate.log} entry ${candidate.index}`
    say(
      `    ${place + 1}. ${short(candidate.handle)} ${name}, score ${scores(candidate)}, ${where}`,
    )
  }
  sayProof(mesh, answer, took, say)
}

async function verify(
  mesh: LocalMesh,
  person: DemoPerson,
  fingers: readonly Capture[],
  what: string,
  say: Say,
): Promise<void> {
  const { node, gateway } = mesh.hosts.at(-1)!
  const started = performance.now()
  const body = request(mesh, 'verify', fingers, person.handle)
  const answer = await new Client({ url: gateway.url }).verify(body)
  const took = performance.now() - started
  const [candidate] = answer.candidates
  const score = candidate ? `score ${scores(candidate)}` : 'no score'
  say(`\n  ${node.name} is asked about ${person.name} with ${what}: ${answer.verdict}, ${score}`)
  sayProof(mesh, answer, took, say)
}

/** The list that the law owes to whoever asks what was done with their record. */
async function accesses(mesh: LocalMesh, { name, handle }: DemoPerson, say: Say): Promise<void> {
  await converged(mesh, () => undefined)
  const { node, gateway } = mesh.hosts[0]!
  const about = {
    network: mesh.network,
    at: systemClock.now(),
    post: 'demo-post',
    purpose: 'subject-access' as const,
    caseNumber: 'DEMO-accesses',
    legalBasis: 'own request',
    handle,
  }
  const officer = mesh.officials.officers['enrolment-officer']
  const signed = signDeed({ type: 'accesses' }, about, [officer])
  const { result } = await new Client({ url: gateway.url }).deed('/v1/persons/accesses', {
    deed: toBase64(signed.deed),
    signatures: signed.signatures.map(signedBodyOf),
  })
  const roster = openRoster(mesh.roster, noteVerifier(mesh.authority))
  const list = verifyAccessList(fromBase64(String(result['proof'])), roster)
  say(`\n  ${node.name} answers ${name} with ${list.total} accesses, each proven in its log`)
  for (const { at, kind, by, log, index } of list.accesses.slice(-ACCESSES_SHOWN)) {
    const bodies = by.map(({ organisation, purpose }) => `${organisation} for ${purpose}`)
    const when = new Date(at).toISOString().slice(11, 19)
    say(`    ${when}  ${kind.padEnd(16)} ${bodies.join(', ').padEnd(46)} ${log} entry ${index}`)
  }
}

function sayProof(mesh: LocalMesh, answer: RenderedAnswer, tookMs: number, say: Say): void {
  const { total, answered, silent } = answer.shards
  const missing = silent.length > 0 ? `; silent: ${silent.join(' ')}` : ''
  const people = answer.searched === 1 ? 'person' : 'people'
  const took = `answered in ${tookMs.toFixed(0)} ms`
  say(
    `    ${answered} of ${total} shards answered${missing}; ${answer.searched} ${people}; ${took}`,
  )
  const started = performance.now()
  const encoded = fromBase64(answer.proof)
  const roster = openRoster(mesh.roster, noteVerifier(mesh.authority))
  const { checked, coverage } = verifyAnswer(encoded, roster)
  const { inclusions, signatures } = checked
  const ms = (performance.now() - started).toFixed(1)
  const kib = (encoded.length / 1024).toFixed(1)
  say(
    `    proof of ${kib} KiB verified with the roster alone: ` +
      `${inclusions} inclusions, ${signatures} signatures, ${ms} ms`,
  )
  const quorum = coverage.isWitnessed ? 'a quorum has' : 'no quorum has'
  const { witnesses, mirrors } = coverage
  say(
    `    every checkpoint cosigned by at least ${witnesses} witnesses (${quorum} seen them), ` +
      (mirrors > 0 ? `and held in full by at least ${mirrors}` : 'the newest not yet held in full'),
  )
}

function request(
  mesh: LocalMesh,
  action: 'enrol' | 'identify' | 'verify',
  fingers: readonly Capture[],
  handle?: Uint8Array,
): RequestBody {
  const why = {
    post: 'demo-post',
    caseNumber: `DEMO-${toHex(systemRandom.bytes(3))}`,
    legalBasis: action === 'enrol' ? 'the plan, art. 11' : 'border law, art. 20',
  }
  return bodyOf(stationRequest({ action, fingers, handle, ...why }, mesh))
}

function scores({ score, fingers, falseMatchRate }: RenderedAnswer['candidates'][number]): string {
  const each = fingers.map((finger) => `${FINGERS[finger.position]} ${finger.score}`)
  return `${score} (${each.join(', ')}; ${strangers(falseMatchRate)})`
}

/** No rarer than they were counted. */
function strangers(rate: number): string {
  if (rate >= COUNTED_RATE_MIN) return `reached by 1 in ${Math.round(1 / rate)} strangers`
  return `reached by under 1 in ${1 / COUNTED_RATE_MIN} strangers`
}

function short(handle: string): string {
  return `${handle.slice(0, 8)}…`
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = Date.now() + CONVERGE_MS_MAX
  while (!holds()) {
    if (Date.now() > end) throw new TamgaError('deadline', `waited too long until ${what}`)
    await systemClock.sleep(CONVERGE_POLL_MS)
  }
}
