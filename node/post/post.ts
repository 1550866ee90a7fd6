/**
 * A border post: looks at a traveller with what it has itself, asks the nearest node what only the
 * register knows, and says what comes of it; keeps what the officer decides until a node has it.
 *
 * Chip and zone do not leave the post: a node is sent the live prints and whom they are said to be
 * of. What it answers is checked here, with the roster alone. Where no node answers, the checks of
 * the register are undetermined, and the rest goes on.
 */
import { toHex } from '../../crypto/bytes.ts'
import { noteVerifier } from '../../crypto/note.ts'
import type { Extractor } from '../../matcher/extract/extractor.ts'
import type { Inspected } from '../../protocol/border/check.ts'
import { checkCrossing, inspectionDigest, type Liveness } from '../../protocol/border/crossing.ts'
import { decideInspection, type Decided, type Decision } from '../../protocol/border/decide.ts'
import { documentLines } from '../../protocol/border/document-lines.ts'
import type { ProfileName } from '../../protocol/border/profile.ts'
import { registerLines } from '../../protocol/border/register-lines.ts'
import { countWatched } from '../../protocol/border/watch-digests.ts'
import type { ChipFiles } from '../../protocol/document/chip-file.ts'
import { inspectChip } from '../../protocol/document/inspect-chip.ts'
import { NO_TRUST, type Trust } from '../../protocol/document/trust.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import type { CapturedFinger } from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import { civilDateAt } from '../../protocol/rules/civil-date.ts'
import { signDeed } from '../../protocol/signed-deed.ts'
import type { OfficerKey } from '../../protocol/statement.ts'
import { INSPECTION_NONCE_BYTES } from '../border/limits.ts'
import { printLines } from '../border/print-lines.ts'
import type { Clock } from '../clock.ts'
import type { Random } from '../random.ts'
import type { Store } from '../store/store.ts'
import { CrossingQueue, type Waiting } from './crossing-queue.ts'
import { Delivery, type Delivered } from './delivery.ts'
import { ANSWER_MS_MAX } from './limits.ts'
import type { Links } from './link.ts'
import { Meeting } from './meeting.ts'
import { Nearest } from './nearest.ts'
import { OpenInspections } from './open-inspections.ts'
import { PostCaches, type Cached } from './post-caches.ts'
import { byTrust, inOrder, watchLine, withoutRoster } from './post-lines.ts'
import { askRegister, payloadOf, type RegisterAnswer } from './register-question.ts'
import { readTrustFiles, type TrustFiles } from './trust-files.ts'

export interface PostOptions {
  /** By which name officers sign here. */
  readonly name: string
  readonly legalBasis: string
  /** The verification key that the roster carries. */
  readonly authority: string
}

export interface PostModules {
  readonly store: Store
  readonly links: Links
  readonly extractor: Extractor
  readonly clock: Clock
  readonly random: Random
}

export interface Traveller {
  readonly profile: ProfileName
  readonly caseNumber: string
  /** Who the traveller is said to be in the register; absent where nobody knows. */
  readonly handle: Uint8Array | undefined
  /** The zone as read by eye. */
  readonly zone: string | undefined
  /** Empty where no chip was read. */
  readonly files: ChipFiles
  /** Empty where no prints were taken. */
  readonly fingers: readonly CapturedFinger[]
  readonly liveness: Liveness
  /** Whether to look for them among everybody: a rule has to ask for that. */
  readonly isSearched: boolean
}

export interface Seen extends Decided {
  /** Under which the officer decides. */
  readonly id: string
  readonly checks: readonly Inspected[]
  /** The node whose answer held; absent where the post was cut off. */
  readonly node: string | undefined
  /** Why, where it was. */
  readonly cutOff: string | undefined
}

export interface PostState {
  readonly roster: Cached<Roster>
  /** How many people are on it. */
  readonly watch: Cached<number> | undefined
  /** How many files of states' certificates and revocations. */
  readonly trust: Cached<number> | undefined
  readonly waiting: number
  readonly refused: number
  readonly open: readonly string[]
}

export class Post {
  readonly caches: PostCaches
  readonly queue: CrossingQueue
  readonly open: OpenInspections
  readonly #options: PostOptions
  readonly #modules: PostModules
  readonly #nearest: Nearest
  readonly #meeting: Meeting
  readonly #delivery: Delivery
  readonly #deciding = new Set<string>()
  /** Read once: the list of a state has hundreds of certificates. */
  #trust: { readonly at: number; readonly trust: Trust } | undefined

  private constructor(options: PostOptions, modules: PostModules, queue: CrossingQueue) {
    const { links, clock } = modules
    this.#options = options
    this.#modules = modules
    this.queue = queue
    this.caches = new PostCaches({ authority: noteVerifier(options.authority) }, modules)
    this.open = new OpenInspections(modules)
    this.#nearest = new Nearest({ links }, { clock })
    const about = { caches: this.caches, nearest: this.#nearest, clock }
    this.#meeting = new Meeting({ nodes: links.size }, about)
    this.#delivery = new Delivery({ queue, nearest: this.#nearest, clock })
  }

  /** @throws TamgaError `storage`, `malformed` */
  static async start(options: PostOptions, modules: PostModules): Promise<Post> {
    return new Post(options, modules, await CrossingQueue.open(modules))
  }

  /** As `Meeting.meet`. */
  meet(): Promise<string[]> {
    return this.#meeting.meet()
  }

  /** Hands in what waits, as far as nodes take it. */
  async deliver(): Promise<Delivered> {
    const { value } = await this.caches.roster()
    return this.#delivery.run(value.roster)
  }

  /**
   * Durably noted when it resolves: somebody has to decide.
   *
   * @throws TamgaError `overloaded`: too much waits here for a node or for a decision; what a node
   *   refuses the officer by a rule; `unprocessable`: live prints that are none; `storage`
   */
  async inspect(traveller: Traveller, officer: OfficerKey): Promise<Seen> {
    this.queue.checkRoom()
    const { random, clock } = this.#modules
    const { profile, caseNumber, handle, zone, files } = traveller
    const payload = payloadOf(traveller.fingers, random)
    const at = clock.now()
    const [local, asked] = await Promise.all([
      this.#localLines(traveller, payload, at),
      this.#askRegister(traveller, officer),
    ])
    const checks = inOrder([...local, ...asked.lines])
    const nonce = random.bytes(INSPECTION_NONCE_BYTES)
    const commitment = inspectionDigest({ nonce, zone, files, payload })
    const id = toHex(random.bytes(4))
    const outcomes = checks.map(({ name, outcome }) => ({ name, outcome }))
    const { node, inspection, cutOff } = asked
    const about = { at, profile, caseNumber, handle, inspection, commitment }
    await this.open.put(id, { ...about, checks: outcomes })
    return { id, checks, node, cutOff, ...decideInspection(checks, profile) }
  }

  /**
   * What the officer has decided, signed: durably in the queue when it resolves, and the inspection
   * is no longer open.
   *
   * @throws TamgaError `not-found`; `unprocessable`: against the next step without a reason;
   *   `conflict`: it is being decided; `overloaded`, `storage`
   */
  async decide(
    id: string,
    { decision, reason }: { readonly decision: Decision; readonly reason: string },
    officer: OfficerKey,
  ): Promise<Waiting> {
    if (this.#deciding.has(id)) throw new TamgaError('conflict', `${id} is being decided`)
    this.#deciding.add(id)
    try {
      const { caseNumber, handle, at: _, ...found } = await this.open.get(id)
      const crossing = { ...found, decision, reason }
      checkCrossing(crossing)
      const about = await this.#reasons(caseNumber, handle)
      const signed = signDeed({ type: 'crossing', ...crossing }, about, [officer])
      return await this.queue.put(signed, [this.open.removal(id)])
    } finally {
      this.#deciding.delete(id)
    }
  }

  async state(): Promise<PostState> {
    const { value, ...roster } = await this.caches.roster()
    const watch = await this.caches.watch(value.roster)
    const trust = await this.caches.trust()
    const people = watch ? Math.max(...watch.value.map(countWatched)) : 0
    const files = trust ? trust.value.authorities.length + trust.value.revocations.length : 0
    const { waiting, refused } = this.queue
    return {
      roster: { ...roster, value: value.roster },
      watch: watch && { ...watch, value: people },
      trust: trust && { ...trust, value: files },
      waiting,
      refused,
      open: (await this.open.all()).map(([id]) => id),
    }
  }

  /** What the post can tell by itself. */
  async #localLines(
    { zone, files, liveness }: Traveller,
    payload: Uint8Array | undefined,
    at: number,
  ): Promise<readonly Inspected[]> {
    const kept = await this.caches.trust()
    const trust = this.#trustIn(kept)
    const chip = files.size > 0 ? inspectChip(files, { trust, at }) : undefined
    const { extractor } = this.#modules
    const ofPrints = await printLines({ payload, liveness }, chip?.contents, extractor)
    return [...byTrust(documentLines(zone, chip, civilDateAt(at)), kept), ...ofPrints]
  }

  #trustIn(kept: Cached<TrustFiles> | undefined): Trust {
    if (!kept) return NO_TRUST
    if (this.#trust?.at !== kept.at) {
      this.#trust = { at: kept.at, trust: readTrustFiles(kept.value) }
    }
    return this.#trust.trust
  }

  async #askRegister(
    traveller: Traveller,
    officer: OfficerKey,
  ): Promise<RegisterAnswer & { readonly lines: readonly Inspected[] }> {
    const { handle } = traveller
    const roster = await this.caches.roster()
    const watch = await this.caches.watch(roster.value.roster)
    if (roster.isOutdated) {
      const lines = [...withoutRoster(roster), watchLine(handle, undefined, watch)]
      return { ...NOBODY, cutOff: 'the roster is too old', lines }
    }
    const about = await this.#reasons(traveller.caseNumber, handle)
    const asked = { traveller, officer, about, roster: roster.value.roster }
    const answer = await this.#nearest
      .ask('inspection', ANSWER_MS_MAX, askRegister(asked, this.#modules))
      .then(({ value }) => value)
      .catch((error: unknown) => {
        const { code, message } = asTamgaError(error)
        if (code !== 'unreachable') throw error
        return { ...NOBODY, cutOff: message }
      })
    const { standing, verified, searched } = answer
    const lines = registerLines({ handle, standing, verified, searched })
    const said = standing && lines.find(({ name }) => name === 'watch-list')
    const others = lines.filter(({ name }) => name !== 'watch-list')
    return { ...answer, lines: [...others, watchLine(handle, said, watch)] }
  }

  async #reasons(caseNumber: string, handle: Uint8Array | undefined) {
    const { value } = await this.caches.roster()
    const { name: post, legalBasis } = this.#options
    const { network } = value.roster
    const at = this.#modules.clock.now()
    return { network, post, purpose: 'border-control', caseNumber, legalBasis, at, handle } as const
  }
}

const NOBODY: RegisterAnswer = {
  node: undefined,
  inspection: undefined,
  standing: undefined,
  verified: 'no-answer',
  searched: 'no-answer',
  cutOff: undefined,
}
