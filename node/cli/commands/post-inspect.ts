/** `tamga post inspect` and `decide`: one traveller, from the document to the decision. */
import { Option, type Command } from 'commander'
import { DPI_MAX, DPI_MIN } from '../../../matcher/image/image.ts'
import { LIVENESS, type Liveness } from '../../../protocol/border/crossing.ts'
import { DECISIONS, type Decision } from '../../../protocol/border/decide.ts'
import { PROFILES, type ProfileName } from '../../../protocol/border/profile.ts'
import type { ChipFile } from '../../../protocol/document/chip-file.ts'
import { ZONE_CHARACTERS_MAX } from '../../border/limits.ts'
import type { Post } from '../../post/post.ts'
import { finger, handle, wholeNumber, type FingerArgument } from '../arguments.ts'
import { readCaptures } from '../captures.ts'
import { readUpTo } from '../read-up-to.ts'
import { readChipFiles } from '../chip-files.ts'
import { sayFeedback } from '../feedback.ts'
import { atHome, withPost, type HomeOptions } from '../post-home.ts'
import { cacheLines, sayDelivered, seenLines } from '../post-words.ts'
import { readOfficer } from '../signing.ts'

interface OfficerOptions extends HomeOptions {
  readonly officer: string
  readonly credential?: string
  readonly reason: string
}

interface DecideOptions extends OfficerOptions {
  readonly decision: Decision
}

interface InspectOptions extends OfficerOptions {
  readonly decision?: Decision
  readonly case: string
  readonly profile: ProfileName
  readonly handle?: Uint8Array
  readonly mrz?: string
  readonly chip?: readonly string[]
  readonly finger?: readonly FingerArgument[]
  readonly dpi?: number
  readonly liveness: Liveness
  readonly search: boolean
}

/** Exit statuses, beside 0 for a successful inspection. */
const FAILED = 1
const UNDETERMINED = 2

export function addPostInspect(group: Command): void {
  deciding(group.command('inspect').description('look at a traveller; nobody has to be online'))
    .requiredOption('--case <number>', 'under which case or shift')
    .addOption(
      new Option('--profile <name>', 'the kind of desk').choices(PROFILES).default('counter'),
    )
    .option('--handle <hex>', 'who the traveller is in the register', handle)
    .option('--mrz <file>', 'the zone as read by eye')
    .option('--chip <files...>', 'the files of the chip, or a folder of them')
    .option('--finger <position=file>', 'a live print: an image or a template', finger)
    .option('--dpi <n>', 'of images whose file does not say it', wholeNumber(DPI_MIN, DPI_MAX))
    .addOption(
      new Option('--liveness <word>', 'what the sensor says').choices(LIVENESS).default('unknown'),
    )
    .option('--search', 'look for them among everybody: where a rule asks for it', false)
    .action(async (options: InspectOptions) => inspect(options))
  deciding(
    group.command('decide <id>').description('what the officer decides, signed'),
    true,
  ).action(async (id: string, options: DecideOptions) => {
    await withPost(options, async (post) => decide(post, id, options))
  })
}

function deciding(command: Command, isDue = false): Command {
  const decision = new Option('--decision <word>', 'what the officer decides').choices(DECISIONS)
  return atHome(command)
    .requiredOption('--officer <key file>', 'who inspects')
    .option('--credential <file>', "the officer's; by default beside the key, as <name>.credential")
    .addOption(decision.makeOptionMandatory(isDue))
    .option('--reason <text>', 'why, where it is not what comes next', '')
}

async function inspect(options: InspectOptions): Promise<void> {
  const officer = await readOfficer(options.officer, options.credential)
  const { chip, mrz, profile, liveness, search: isSearched } = options
  const files = chip ? (await readChipFiles(chip)).files : new Map<ChipFile, Uint8Array>()
  const zone = mrz === undefined ? undefined : await readZone(mrz)
  await withPost(options, async (post, extractor) => {
    const [fingers] = await Promise.all([
      readCaptures(options.finger ?? [], { dpi: options.dpi }, extractor),
      post.meet(),
    ])
    sayFeedback(fingers, (line) => console.error(line))
    const person = { handle: options.handle, caseNumber: options.case }
    const seen = await post.inspect(
      { ...person, profile, zone, files, fingers, liveness, isSearched },
      officer,
    )
    for (const line of [...seenLines(seen), ...cacheLines(await post.state())]) console.log(line)
    const { decision } = options
    if (decision) await decide(post, seen.id, { ...options, decision })
    else console.log(`to be decided: tamga post decide ${seen.id} --decision …`)
    if (seen.verdict === 'failed') process.exitCode = FAILED
    else if (seen.verdict === 'undetermined') process.exitCode = UNDETERMINED
  })
}

async function decide(post: Post, id: string, options: DecideOptions): Promise<void> {
  const { decision, reason } = options
  const officer = await readOfficer(options.officer, options.credential)
  const { number } = await post.decide(id, { decision, reason }, officer)
  console.log(`crossing ${number}: ${decision}, signed and kept`)
  sayDelivered(await post.deliver())
}

async function readZone(file: string): Promise<string> {
  const bytes = await readUpTo(file, 2 * ZONE_CHARACTERS_MAX)
  return Buffer.from(bytes).toString('latin1').trim()
}
