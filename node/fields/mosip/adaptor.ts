/**
 * MOSIP's requests, each answered from beginning to end. It only translates: who may be enrolled
 * and who is like whom, the register says.
 *
 * Every pair of references is compared once, when the later one is inserted, by the register's own
 * search for duplicates. An identify by reference answers from what these searches have named, and
 * so no prints are kept here to be searched with again.
 */
import { equalBytes, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import type { Extractor } from '../../../matcher/extract/extractor.ts'
import { asTamgaError } from '../../../protocol/errors.ts'
import { HANDLE_BYTES } from '../../../protocol/identifiers.ts'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import type { Random } from '../../random.ts'
import type { Book, Pair, Reference } from './book.ts'
import type { DataShare } from './data-share.ts'
import { MosipFailure } from './failure.ts'
import { AT_WORK_MAX } from './limits.ts'
import { renderAnswer, type NamedCandidate, type Result } from './mosip-answer.ts'
import { headOf, parseMessage, requestOf, type Head, type MosipRequest } from './mosip-request.ts'
import type { Register } from './register.ts'
import { readSharedFingers } from './share-prints.ts'
import { Turns, type Turn } from './turns.ts'

type Of<K extends MosipRequest['kind']> = Extract<MosipRequest, { kind: K }>

/** What is done in its turn, and answered in the same words when it comes again. */
type Job = Of<'insert'> | Of<'identify'> | Of<'delete'>

/** What was asked under an id, and what is answered. */
interface Answered {
  readonly about: Uint8Array
  readonly answer: string | Promise<string>
}

export interface AdaptorModules {
  readonly book: Book
  readonly register: Register
  readonly share: DataShare
  readonly extractor: Extractor
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Puts it on the list of records to be erased; durably there when it resolves. */
  readonly withdrawn: (reference: Reference) => Promise<void>
}

export class Adaptor {
  readonly #modules: AdaptorModules
  readonly #turns = new Turns({ atOnceMax: AT_WORK_MAX })
  /** By requestId: what comes again while it is at work waits for the same answer. */
  readonly #atWork = new Map<string, Answered>()

  /** Jobs that are not answered yet. */
  #jobs = 0

  constructor(modules: AdaptorModules) {
    this.#modules = modules
  }

  /**
   * The answer to a message, durably kept where it has changed anything.
   *
   * @throws TamgaError `malformed`, `too-large`: nothing that could be answered; `closed`,
   *   `storage`: not answered now, and to be asked again
   */
  async answer(text: string): Promise<string> {
    const message = parseMessage(text)
    const head = headOf(message)
    try {
      const request = requestOf(message)
      if (!isJob(request)) return this.#rendered(head, await this.#told(request))
      this.#jobs += 1
      return await this.#once(request, head).finally(() => (this.#jobs -= 1))
    } catch (error) {
      return this.#failed(head, error)
    }
  }

  /** Resolves when nothing is at work. */
  idle(): Promise<void> {
    return this.#turns.idle()
  }

  /** Takes its turn at once: what came later must not be before it. */
  async #once(request: Job, head: Head): Promise<string> {
    const { requestId } = request
    const about = digestOf(request)
    const atWork = this.#atWork.get(requestId)
    if (atWork) return sameOf(atWork, about)
    const answer = this.#turns.take(turnOf(request), async () => {
      const { book } = this.#modules
      const earlier = await book.answer(requestId)
      if (earlier) return sameOf(earlier, about)
      const rendered = await this.#done(request).then(
        (result) => this.#rendered(head, result),
        (error: unknown) => this.#failed(head, error),
      )
      await book.keepAnswer(requestId, about, rendered)
      return rendered
    })
    this.#atWork.set(requestId, { about, answer })
    try {
      return await answer
    } finally {
      this.#atWork.delete(requestId)
    }
  }

  #done(request: Job): Promise<Result> {
    if (request.kind === 'insert') return this.#insert(request)
    return request.kind === 'identify' ? this.#identify(request) : this.#delete(request)
  }

  async #insert({ requestId, referenceId, referenceUrl }: Of<'insert'>): Promise<Result> {
    const { book, register, share, extractor, random } = this.#modules
    const known = await book.reference(referenceId)
    if (known?.state === 'active' && known.requestId === requestId) return { type: 'done' }
    if (known && known.state !== 'pending') {
      throw new MosipFailure('reference-exists', 'a reference that has been used')
    }
    let pending = known
    if (!pending) {
      const fingers = await readSharedFingers(await share.fetch(referenceUrl), extractor)
      if (referenceId === '') throw new MosipFailure('no-reference-id', 'no referenceId')
      const handle = random.bytes(HANDLE_BYTES)
      const request = register.signEnrolment(handle, fingers)
      pending = { referenceId, handle, state: 'pending', requestId, request }
      // Before the node is asked: whoever comes back after a crash asks for the same person.
      await book.keep(pending)
    }
    try {
      const found = await register.enrol(pending.handle, pending.request!)
      await book.activate({ ...pending, requestId }, found)
      return { type: 'done' }
    } catch (error) {
      if (error instanceof MosipFailure) await book.drop(pending)
      throw error
    }
  }

  async #identify(request: Of<'identify'>): Promise<Result> {
    const { book, register, share, extractor } = this.#modules
    const { referenceId, referenceUrl } = request
    if (referenceId === '') {
      const fingers = await readSharedFingers(await share.fetch(referenceUrl), extractor)
      return this.#named(await register.identify(fingers), request)
    }
    const reference = await book.reference(referenceId)
    if (reference?.state !== 'active') {
      throw new MosipFailure('reference-unknown', 'a reference that there is none of')
    }
    return this.#named(await book.pairs(reference.handle), request)
  }

  /** Whom MOSIP has no name for is left out: the register has a case about them all the same. */
  async #named(pairs: readonly Pair[], { flags, gallery }: Of<'identify'>): Promise<Result> {
    const { maxResults = Infinity, targetFpir } = flags
    const names = await this.#modules.book.namesOf(pairs.map(({ handle }) => handle))
    const candidates = pairs.flatMap((pair, place): NamedCandidate[] => {
      const referenceId = names[place]
      if (referenceId === undefined || !isWithin(pair, targetFpir)) return []
      if (gallery && !gallery.has(referenceId)) return []
      const { score, falseMatchRate } = pair
      return [{ referenceId, score, falseMatchRate }]
    })
    candidates.sort((a, b) => b.score - a.score)
    return { type: 'candidates', candidates: candidates.slice(0, maxResults) }
  }

  async #delete({ requestId, referenceId }: Of<'delete'>): Promise<Result> {
    const { book, withdrawn } = this.#modules
    const reference = await book.reference(referenceId)
    if (reference?.state === 'withdrawn' && reference.requestId === requestId) {
      return { type: 'done' }
    }
    if (reference?.state !== 'active') {
      throw new MosipFailure('reference-unknown', 'a reference that there is none of')
    }
    await withdrawn(reference)
    await book.withdraw(reference, requestId)
    return { type: 'done' }
  }

  async #told({ kind }: MosipRequest): Promise<Result> {
    const { book, register } = this.#modules
    if (kind === 'pending-jobs') return { type: 'jobscount', count: this.#jobs }
    if (kind === 'reference-count') return { type: 'count', count: book.active }
    await register.ping()
    return { type: 'done' }
  }

  #rendered(head: Head, result: Result): string {
    return renderAnswer(head, result, this.#modules.clock.now())
  }

  /** @throws TamgaError `closed`, `storage` */
  #failed(head: Head, error: unknown): string {
    const { logger } = this.#modules
    const about = { id: head.id, requestId: head.requestId }
    if (error instanceof MosipFailure) {
      logger.info('a request fails', { ...about, failure: error.code, why: error.message })
      return this.#rendered(head, { type: 'failure', failure: error.code })
    }
    const { code, message } = asTamgaError(error)
    if (code === 'closed' || code === 'storage') throw error
    logger.error('a request fails by a fault of ours', { ...about, code, why: message })
    return this.#rendered(head, { type: 'failure', failure: 'internal' })
  }
}

/** @throws MosipFailure `invalid-request`: something else was asked under this id */
function sameOf({ about, answer }: Answered, asked: Uint8Array): string | Promise<string> {
  if (equalBytes(about, asked)) return answer
  throw new MosipFailure('invalid-request', 'a requestId that has been used')
}

function isJob(request: MosipRequest): request is Job {
  return request.kind === 'insert' || request.kind === 'identify' || request.kind === 'delete'
}

/** An insert may be overtaken; what looks at all of them may not. */
function turnOf(request: Job): Turn {
  const referenceId = request.referenceId === '' ? undefined : request.referenceId
  return { isAfterAll: request.kind === 'identify', referenceId }
}

/** Without the time of asking: who asks again may say another. */
function digestOf({ kind, referenceId }: Job): Uint8Array {
  return sha256(utf8(JSON.stringify([kind, referenceId])))
}

/** Whether so many searched would name a stranger seldom enough. */
function isWithin({ falseMatchRate, searched }: Pair, targetFpir: number | undefined): boolean {
  if (targetFpir === undefined) return true
  return falseMatchRate * Math.max(1, searched) <= 10 ** (-targetFpir / 10)
}
