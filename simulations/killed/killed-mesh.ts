/**
 * A mesh of node processes that are killed while they search, and people who are asked about all
 * the while. Every answer is checked with the roster alone and held against the truth.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromBase64, toHex } from '../../crypto/bytes.ts'
import { noteVerifier } from '../../crypto/note.ts'
import { verifyAnswer } from '../../node/audit/verify-answer.ts'
import { readCaptures, withExtractor, type Capture } from '../../node/cli/captures.ts'
import { Client, type RenderedAnswer, type RenderedEnrolment } from '../../node/cli/client.ts'
import { bodyOf } from '../../node/post/request.ts'
import {
  startLocalMesh,
  type LocalMesh,
  type LocalMeshOptions,
} from '../../node/demo/local-mesh.ts'
import { demoPeople } from '../../node/demo/people.ts'
import { stationRequest, type Wanted } from '../../node/demo/station-request.ts'
import { silentLogger } from '../../node/logger.ts'
import { openRoster, type Roster } from '../../protocol/roster.ts'
import { NodeProcess } from './node-process.ts'

/** Officers ask here as fast as they are answered. */
const RATE_FACTOR = 1_000

/** Within which nodes find each other again, ms. */
const WHOLE_MS_MAX = 60_000
const POLL_MS = 50

/** The folder is empty, or not there. */
export interface KilledMeshOptions extends LocalMeshOptions {
  /** Enrolled, of those who are bundled. */
  readonly people: number
}

export interface Known {
  readonly name: string
  readonly handle: string
  readonly shard: number
  /** Other impressions of the fingers. */
  readonly probe: readonly Capture[]
}

/** What is held against the truth: `wrong` is what must never be said. */
export interface Told {
  readonly answer: RenderedAnswer
  readonly isComplete: boolean
  readonly wrong: string | undefined
}

type Identities = Pick<LocalMesh, 'network' | 'officials'>

export class KilledMesh {
  #roster: Roster
  readonly people: readonly Known[]
  /** Of somebody who is not enrolled. */
  readonly stranger: readonly Capture[]
  readonly #options: KilledMeshOptions
  readonly #identities: Identities
  readonly #nodes = new Map<string, NodeProcess>()

  private constructor(
    options: KilledMeshOptions,
    identities: Identities,
    about: Pick<KilledMesh, 'people' | 'stranger'> & { readonly roster: Roster },
  ) {
    this.#options = options
    this.#identities = identities
    this.#roster = about.roster
    this.people = about.people
    this.stranger = about.stranger
  }

  /** People are enrolled while all nodes are in this process; then each is started by itself. */
  static async start(options: KilledMeshOptions): Promise<KilledMesh> {
    const { people, stranger } = await demoPeople()
    const local = await startLocalMesh(options, { logger: silentLogger })
    const roster = openRoster(local.roster, noteVerifier(local.authority))
    const known: Known[] = []
    let strange: Capture[] = []
    try {
      await withExtractor(async (extractor) => {
        const take = async (files: (typeof people)[number]['fingers']) => {
          return readCaptures(files, {}, extractor)
        }
        strange = await take(stranger)
        const probed = people.filter(({ probes }) => probes.length > 0)
        for (const [place, person] of probed.slice(0, options.people).entries()) {
          const { url } = local.hosts[place % local.hosts.length]!.gateway
          const { name, handle } = person
          const fingers = await take(person.fingers)
          const { shard } = await enrol({ fingers, handle }, url, local)
          known.push({ name, handle: toHex(handle), shard, probe: await take(person.probes) })
        }
      })
    } finally {
      await local.close()
    }
    const mesh = new KilledMesh(options, local, { roster, people: known, stranger: strange })
    try {
      await Promise.all(roster.nodes.map(async ({ name }) => mesh.revive(name)))
      await mesh.whole()
    } catch (error) {
      await mesh.close()
      throw error
    }
    return mesh
  }

  /** The newest that is known here. */
  get roster(): Roster {
    return this.#roster
  }

  get folder(): string {
    return this.#options.folder
  }

  /** Goes by the roster that lies in the folder now. @throws TamgaError */
  async readRoster(): Promise<void> {
    const { folder } = this.#options
    const authority = (await readFile(join(folder, 'authority.vkey'), 'utf8')).trim()
    const note = await readFile(join(folder, 'roster.note'), 'utf8')
    this.#roster = openRoster(note, noteVerifier(authority))
  }

  node(name: string): NodeProcess {
    const node = this.#nodes.get(name)
    if (node) return node
    throw new Error(`${name} was never started`)
  }

  /** Nodes whose processes live. */
  get running(): string[] {
    return [...this.#nodes].filter(([, node]) => node.isAlive).map(([name]) => name)
  }

  async revive(name: string): Promise<void> {
    const { folder } = this.#options
    this.#nodes.set(name, await NodeProcess.start({ name, folder, rateFactor: RATE_FACTOR }))
  }

  /** Until every node finds itself able to do all of its work. */
  async whole(): Promise<void> {
    const end = Date.now() + WHOLE_MS_MAX
    for (const { name } of this.roster.nodes) {
      while (!(await isHealthy(this.node(name)))) {
        if (Date.now() > end) throw new Error(`${name} does not get well`)
        await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      }
    }
  }

  /**
   * Asks a node who `person` is, of undefined who the stranger is.
   *
   * @throws TamgaError: it refuses, or the proof does not hold
   */
  async ask(node: string, person: Known | undefined): Promise<Told> {
    return this.judge(await this.identify(node, person), person)
  }

  /** The same, believed as it comes. */
  async identify(node: string, person: Known | undefined): Promise<RenderedAnswer> {
    const body = bodyOf(
      stationRequest(
        { action: 'identify', fingers: person?.probe ?? this.stranger, ...REASONS },
        this.#identities,
      ),
    )
    return new Client(this.node(node)).identify(body)
  }

  /** Holds an answer against its proof, and against the truth. @throws TamgaError */
  judge(answer: RenderedAnswer, person: Known | undefined): Told {
    const { answer: proven } = verifyAnswer(fromBase64(answer.proof), this.roster)
    const isComplete = answer.shards.silent.length === 0
    const found = answer.candidates.some(({ handle }) => handle === person?.handle)
    const wrong = wrongIn({ answer, isComplete, found, isKnown: person !== undefined })
    if (proven.verdict !== answer.verdict) throw new Error('the proof says something else')
    return { answer, isComplete, wrong }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#nodes.values()].map(async (node) => node.kill()))
  }
}

const REASONS = { post: 'demo-post', caseNumber: 'DEMO-killed', legalBasis: 'border law, art. 20' }

async function enrol(
  who: Pick<Wanted, 'fingers' | 'handle'>,
  url: string,
  identities: Identities,
): Promise<RenderedEnrolment> {
  const wanted = { action: 'enrol', ...who, ...REASONS } as const
  return new Client({ url }).enrol(bodyOf(stationRequest(wanted, identities)))
}

function wrongIn(told: {
  readonly answer: RenderedAnswer
  readonly isComplete: boolean
  readonly found: boolean
  readonly isKnown: boolean
}): string | undefined {
  const { answer, isComplete, found, isKnown } = told
  const { verdict } = answer
  if (verdict === 'no-hit' && !isComplete) return 'a no-hit though shards were silent'
  if (verdict === 'no-hit' && isKnown) return 'a no-hit for somebody who is enrolled'
  if (verdict === 'hit' && !isKnown) return 'a hit for a stranger'
  if (isKnown && isComplete && !found) return 'all shards answered, and the person is not named'
  return undefined
}

async function isHealthy(node: NodeProcess): Promise<boolean> {
  return fetch(`${node.url}/health`).then(
    ({ ok }) => ok,
    () => false,
  )
}
