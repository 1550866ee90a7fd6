/** `tamga print extract`: a template for each image of a folder, for any matcher of the field. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { Option, type Command } from 'commander'
import type { Extractor } from '../../../matcher/extract/extractor.ts'
import { DPI_MAX, DPI_MIN, IMAGE_BYTES_MAX } from '../../../matcher/image/image.ts'
import { POSITION_MAX } from '../../../matcher/template/fields.ts'
import {
  writeTemplate,
  WRITTEN_FORMATS,
  type WrittenFormat,
} from '../../../matcher/template/write.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { readPrints } from '../../search/prints.ts'
import { wholeNumber } from '../arguments.ts'
import { withExtractor } from '../captures.ts'
import { readUpTo } from '../read-up-to.ts'

interface ExtractOptions {
  readonly dpi?: number
  readonly format: WrittenFormat
}

/** An image, and where its template goes. */
interface Task {
  readonly name: string
  readonly image: string
  readonly template: string
}

interface Outcome {
  readonly isDone: boolean
  readonly text: string
}

/** Images under way for each worker: the next is read while one is extracted. */
const AHEAD = 2

export function addPrintExtract(print: Command): void {
  print
    .command('extract <folder> <out>')
    .description('write a minutiae template for every image of a folder')
    .addOption(
      new Option('--format <edition>', 'standard and edition of the templates')
        .choices(WRITTEN_FORMATS)
        .default('iso-19794-2:2005'),
    )
    .option('--dpi <n>', 'resolution, where the files do not say it', wholeNumber(DPI_MIN, DPI_MAX))
    .action(async (folder: string, out: string, options: ExtractOptions) => {
      await extractFolder(folder, out, options)
    })
}

async function extractFolder(folder: string, out: string, options: ExtractOptions): Promise<void> {
  const tasks = await tasksIn(folder, out, options)
  await mkdir(out, { recursive: true })
  const started = performance.now()
  const counts = { written: 0, failed: 0 }
  await withExtractor(async (extractor) => {
    for await (const { isDone, text } of inOrder(tasks, { extractor, ...options })) {
      counts[isDone ? 'written' : 'failed'] += 1
      console.log(text)
    }
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${counts.written} templates written, ${counts.failed} failed, in ${seconds} s`)
  if (counts.failed > 0) process.exitCode = 1
}

/** @throws TamgaError `not-found`: no file; `conflict`: two images would get one template */
async function tasksIn(folder: string, out: string, { format }: ExtractOptions): Promise<Task[]> {
  if (resolve(folder) === resolve(out)) {
    throw new TamgaError('conflict', 'templates do not go among the images: name another folder')
  }
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
  if (names.length === 0) throw new TamgaError('not-found', `${folder} holds no files`)
  const extension = format.startsWith('iso') ? 'iso' : 'ansi'
  const taken = new Map<string, string>()
  return names.map((name) => {
    const template = `${name.slice(0, name.length - extname(name).length)}.${extension}`
    const other = taken.get(template)
    if (other !== undefined) {
      throw new TamgaError('conflict', `${other} and ${name} would both become ${template}`)
    }
    taken.set(template, name)
    return { name, image: join(folder, name), template: join(out, template) }
  })
}

/** Several at a time; told in the order of the tasks. */
async function* inOrder(
  tasks: readonly Task[],
  modules: ExtractOptions & { readonly extractor: Extractor },
): AsyncGenerator<Outcome> {
  const most = AHEAD * availableParallelism()
  const started: Promise<Outcome>[] = []
  for (const task of tasks) {
    started.push(extractOne(task, modules))
    if (started.length === most) yield await started.shift()!
  }
  for (const outcome of started) yield await outcome
}

/** Never rejects: what is wrong with one image is no reason to leave out the others. */
async function extractOne(
  { name, image, template }: Task,
  { extractor, dpi, format }: ExtractOptions & { readonly extractor: Extractor },
): Promise<Outcome> {
  const said = (isDone: boolean, text: string): Outcome => {
    return { isDone, text: `${name.padEnd(16)} ${text}` }
  }
  try {
    const bytes = await readUpTo(image, IMAGE_BYTES_MAX)
    const prints = await readPrints({ bytes, dpi }, extractor)
    const [print] = prints
    if (!print || prints.length > 1) {
      return said(false, `failed: a record of ${prints.length} images, not one`)
    }
    if (print.position > POSITION_MAX) return said(false, 'failed: several fingers in one image')
    const view = { ...print.view, position: 0, extensions: [] }
    await writeFile(template, writeTemplate({ views: [view] }, format))
    return said(true, `${view.minutiae.length} minutiae, quality ${view.quality}`)
  } catch (error) {
    return said(false, `failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
