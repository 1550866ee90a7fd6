/**
 * One traveller: what the document is worth, whose fingers these are, what the register says, and
 * what comes of it. Read from top to bottom it is the life of an inspection.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { Extractor } from '../../matcher/extract/extractor.ts'
import { INSPECTED, type Inspected } from '../../protocol/border/check.ts'
import { inspectionDigest } from '../../protocol/border/crossing.ts'
import { decideInspection, type Decided } from '../../protocol/border/decide.ts'
import { documentLines } from '../../protocol/border/document-lines.ts'
import type { ProfileName } from '../../protocol/border/profile.ts'
import {
  registerLines,
  type Asked,
  type Standing,
  type Unanswered,
} from '../../protocol/border/register-lines.ts'
import { decodeDeed, type Deed } from '../../protocol/deed.ts'
import type { ChipFiles } from '../../protocol/document/chip-file.ts'
import { inspectChip, type ChipInspection } from '../../protocol/document/inspect-chip.ts'
import type { Trust } from '../../protocol/document/trust.ts'
import { asTamgaError, TamgaError } from '../../protocol/errors.ts'
import { decodePayload } from '../../protocol/payload.ts'
import { civilDateAt } from '../../protocol/rules/civil-date.ts'
import { RuleRefusal } from '../../protocol/rules/rule-refusal.ts'
import { decodeStatement, type SignedStatement } from '../../protocol/statement.ts'
import type { Acts, Recorded } from '../acts/acts.ts'
import type { Clock } from '../clock.ts'
import { readFinger } from '../search/fingers.ts'
import type { Found, Search } from '../search/search.ts'
import { printLines } from './print-lines.ts'

export interface InspectionRequest {
  /** An `inspection`, as the officer signed it. */
  readonly deed: Uint8Array
  readonly signatures: readonly SignedStatement[]
  /** What hides in the deed what was looked at. */
  readonly nonce: Uint8Array
  /** The zone as read by eye. */
  readonly zone: string | undefined
  /** Empty where no chip was read. */
  readonly files: ChipFiles
  /** The live prints; absent where none were taken. */
  readonly payload: Uint8Array | undefined
  /** The officer's question whether it is the person of the deed, about these prints. */
  readonly verify: SignedStatement | undefined
  /** And who it is among everybody, where a rule asks for that. */
  readonly identify: SignedStatement | undefined
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface Inspection extends Decided {
  readonly profile: ProfileName
  /** The deed in the log, with its proof. */
  readonly recorded: Recorded
  /** Every check once, in the order of `INSPECTED`. */
  readonly checks: readonly Inspected[]
  /** Each check of the chip; absent where none was read. */
  readonly chip: ChipInspection | undefined
  /** What the register answered, with its proofs. */
  readonly verified: Found | undefined
  readonly searched: Found | undefined
}

interface BorderModules {
  readonly acts: Acts
  readonly search: Search
  readonly extractor: Extractor
  readonly trust: Trust
  readonly clock: Clock
}

type InspectionDeed = Extract<Deed, { type: 'inspection' }>

/** A question that found an answer, or why there is none. */
type Outcome = Found | Unanswered

/** What keeps a question from an answer without a fault of who asked: the check stays open. */
const OPEN = ['overloaded', 'deadline', 'unreachable', 'incomplete'] as const

export class Border {
  readonly #modules: BorderModules

  constructor(modules: BorderModules) {
    this.#modules = modules
  }

  /**
   * Logs that the officer asks, then looks at everything. Where the register stays silent the
   * inspection goes on: what could not be asked is undetermined.
   *
   * @throws RuleRefusal; TamgaError `bad-signature`, `forbidden`, `malformed`, `overloaded`,
   *   `storage`; `unprocessable`: the deed is about something else than what came with it
   */
  async inspect(request: InspectionRequest): Promise<Inspection> {
    const { clock, trust, acts, extractor } = this.#modules
    const deed = checkedDeed(request)
    const { files, zone, payload, signal } = request
    const recorded = await acts.record(request)
    const at = clock.now()
    const chip = files.size > 0 ? inspectChip(files, { trust, at }) : undefined
    const live = { payload, liveness: deed.liveness, signal }
    const [ofPrints, verified, searched] = await Promise.all([
      printLines(live, chip?.contents, extractor),
      this.#ask(request.verify, request),
      this.#ask(request.identify, request),
    ])
    const [statement] = request.signatures.map((signed) => decodeStatement(signed.statement))
    const ofRegister = registerLines({
      handle: statement?.handle,
      standing: standingOf(recorded),
      verified: askedOf(verified),
      searched: askedOf(searched),
    })
    const lines = [...documentLines(zone, chip, civilDateAt(at)), ...ofPrints, ...ofRegister]
    const checks = INSPECTED.map((name) => lines.find((line) => line.name === name)!)
    return {
      profile: deed.profile,
      recorded,
      checks,
      chip,
      verified: typeof verified === 'string' ? undefined : verified,
      searched: typeof searched === 'string' ? undefined : searched,
      ...decideInspection(checks, deed.profile),
    }
  }

  async #ask(
    signed: SignedStatement | undefined,
    { payload, timeoutMs, signal }: InspectionRequest,
  ): Promise<Outcome> {
    if (!signed || !payload) return payload ? 'not-asked' : 'no-prints'
    const times = { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(signal && { signal }) }
    try {
      return await this.#modules.search.ask({ signed, payload, ...times })
    } catch (error) {
      const { code } = asTamgaError(error)
      const isOpen = (OPEN as readonly string[]).includes(code)
      if (isOpen && !(error instanceof RuleRefusal)) return 'no-answer'
      throw error
    }
  }
}

/**
 * Before anything is logged: the deed is about these things, the prints can be read, the questions
 * are about its person.
 */
function checkedDeed(request: InspectionRequest): InspectionDeed {
  const deed = decodeDeed(request.deed)
  if (deed.type !== 'inspection') {
    throw new TamgaError('unprocessable', `the deed is ${deed.type}; here it is an inspection`)
  }
  if (!equalBytes(inspectionDigest(request), deed.commitment)) {
    throw new TamgaError('unprocessable', 'the deed is about other things than came with it')
  }
  const { fingers } = request.payload ? decodePayload(request.payload) : { fingers: [] }
  for (const finger of fingers) readFinger(finger)
  const [about] = request.signatures.map((signed) => decodeStatement(signed.statement))
  for (const action of ['verify', 'identify'] as const) {
    const signed = request[action]
    if (!signed) continue
    const statement = decodeStatement(signed.statement)
    if (statement.action !== action) {
      throw new TamgaError('unprocessable', `the statement is to ${statement.action}`)
    }
    const isOf = action === 'identify' || isSame(statement.handle, about?.handle)
    if (!isOf) throw new TamgaError('unprocessable', 'the question is about another person')
  }
  return deed
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && equalBytes(a, b)
}

function standingOf({ reading }: Recorded): Standing | undefined {
  const status = reading.of === 'inspection' ? reading.status : undefined
  return status && { status: status.life.status, watch: status.watch }
}

function askedOf(outcome: Outcome): Asked | Unanswered {
  return typeof outcome === 'string' ? outcome : outcome.answer
}
