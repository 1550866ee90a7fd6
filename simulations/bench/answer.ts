/**
 * `npm run bench:answer`: how long an enrolment and an identification take on a mesh of four nodes,
 * how large the answer with its proofs is, and how long a stranger takes to verify it.
 *
 * All four nodes live in this one process, with real libp2p and LevelDB, and share its cores;
 * people are synthetic. The gallery is small: this measures everything around the matcher, not the
 * matcher.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noteVerifier } from '../../crypto/note.ts'
import { verifyAnswer } from '../../node/audit/verify-answer.ts'
import { startLocalMesh, type LocalMesh } from '../../node/demo/local-mesh.ts'
import { silentLogger } from '../../node/logger.ts'
import { systemRandom } from '../../node/random.ts'
import { HANDLE_BYTES } from '../../protocol/identifiers.ts'
import { openRoster } from '../../protocol/roster.ts'
import { generatePerson } from '../people/person.ts'
import { SeededRandom } from '../world/seeded-random.ts'
import { captured } from './captured.ts'
import { percentile } from './percentile.ts'
import { report } from './report.ts'

const NODES = 4
const PEOPLE = 100
const PEOPLE_QUICK = 40
const QUESTIONS = 400
const QUESTIONS_QUICK = 100

/** Questions that are not counted: the compiler is still warming up. */
const WARM_UP = 20

/** How long the nodes may take to reach each other, ms. */
const CONNECT_POLL_MS = 10

const argv = process.argv.slice(2)
const isQuick = argv.includes('--quick')
const random = new SeededRandom('bench answer')
const folder = await mkdtemp(join(tmpdir(), 'tamga-bench-answer-'))
const mesh = await startLocalMesh({ nodes: NODES, folder }, { logger: silentLogger })
try {
  await measure(mesh)
} finally {
  await mesh.close()
  await rm(folder, { recursive: true, force: true })
}

async function measure({ hosts, roster: note, authority }: LocalMesh): Promise<void> {
  while (hosts.some(({ node }) => node.mesh.connected().length < NODES - 1)) {
    await new Promise((resolve) => {
      setTimeout(resolve, CONNECT_POLL_MS)
    })
  }
  const roster = openRoster(note, noteVerifier(authority))
  const people = Array.from({ length: isQuick ? PEOPLE_QUICK : PEOPLE }, () =>
    generatePerson(random),
  )
  const enrolMs: number[] = []
  const identifyMs: number[] = []
  const verifyMs: number[] = []
  const bytes: number[] = []
  for (const [i, person] of people.entries()) {
    const request = captured(
      { action: 'enrol', person, handle: systemRandom.bytes(HANDLE_BYTES) },
      mesh,
      random,
    )
    const { enrolment } = hosts[i % NODES]!.node
    enrolMs.push(await msOf(async () => void (await enrolment.enrol(request))))
  }
  for (let i = 0; i < WARM_UP + (isQuick ? QUESTIONS_QUICK : QUESTIONS); i += 1) {
    const request = captured(
      { action: 'identify', person: people[i % people.length]! },
      mesh,
      random,
    )
    const { search } = hosts[i % NODES]!.node
    let encoded = new Uint8Array()
    const identified = await msOf(async () => {
      encoded = new Uint8Array((await search.ask(request)).encoded)
    })
    const verified = await msOf(async () => void verifyAnswer(encoded, roster))
    if (i < WARM_UP) continue
    identifyMs.push(identified)
    verifyMs.push(verified)
    bytes.push(encoded.length)
  }
  report(
    `${NODES} nodes, ${roster.shards} shards, ${people.length} people of two fingers`,
    [
      { name: 'enrol_ms_p50', value: percentile(enrolMs, 0.5), unit: 'ms' },
      { name: 'identify_ms_p50', value: percentile(identifyMs, 0.5), unit: 'ms' },
      { name: 'identify_ms_p99', value: percentile(identifyMs, 0.99), unit: 'ms' },
      { name: 'answer_bytes_p50', value: percentile(bytes, 0.5), unit: 'B' },
      { name: 'verify_answer_ms_p50', value: percentile(verifyMs, 0.5), unit: 'ms' },
      { name: 'verify_answer_ms_p99', value: percentile(verifyMs, 0.99), unit: 'ms' },
    ],
    argv,
  )
}

async function msOf(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}
