/** `tamga print extract`: a template for each image of a folder, for any matcher that reads ISO. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { extname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { Extractor } from '../../../matcher/extract/extractor.ts'
import { ExtractorError } from '../../../matcher/extract/extractor-error.ts'
import { DPI_MAX, DPI_MIN, IMAGE_BYTES_MAX } from '../../../matcher/image/image.ts'
import { InvalidImage } from '../../../matcher/image/invalid-image.ts'
import { writeIso19794v2005 } from '../../../matcher/template/iso-19794-2.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { systemClock } from '../../clock.ts'
import { wholeNumber } from '../arguments.ts'

interface ExtractOptions {
  readonly dpi?: number
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
    .description('write an ISO/IEC 19794-2:2005 template for every image of a folder')
    .option('--dpi <n>', 'resolution, where the files do not say it', wholeNumber(DPI_MIN, DPI_MAX))
    .action(async (folder: string, out: string, options: ExtractOptions) => {
      await extractFolder(folder, out, options)
    })
}

async function extractFolder(folder: string, out: string, options: ExtractOptions): Promise<void> {
  const tasks = await tasksIn(folder, out)
  await mkdir(out, { recursive: true })
  const workers = availableParallelism()
  const extractor = new Extractor({ workers }, { clock: systemClock })
  const started = performance.now()
  const counts = { written: 0, failed: 0 }
  try {
    for await (const { isDone, text } of inOrder(tasks, { extractor, ...options }, workers)) {
      counts[isDone ? 'written' : 'failed'] += 1
      console.log(text)
    }
  } finally {
    await extractor.close()
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${counts.written} templates written, ${counts.failed} failed, in ${seconds} s`)
  if (counts.failed > 0) process.exitCode = 1
}

/** @throws TamgaError `not-found`: no file; `conflict`: two images would get one template */
async function tasksIn(folder: string, out: string): Promise<Task[]> {
  if (resolve(folder) === resolve(out)) {
    throw new TamgaError('conflict', 'templates do not go among the images: name another folder')
  }
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort()
  if (names.length === 0) throw new TamgaError('not-found', `${folder} holds no files`)
  const taken = new Map<string, string>()
  return names.map((name) => {
    const template = `${name.slice(0, name.length - extname(name).length)}.iso`
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
  workers: number,
): AsyncGenerator<Outcome> {
  const started: Promise<Outcome>[] = []
  for (const task of tasks) {
    started.push(extractOne(task, modules))
    if (started.length === AHEAD * workers) yield await started.shift()!
  }
  for (const outcome of started) yield await outcome
}

/** Never rejects: what is wrong with one image is no reason to leave out the others. */
async function extractOne(
  { name, image, template }: Task,
  { extractor, dpi }: ExtractOptions & { readonly extractor: Extractor },
): Promise<Outcome> {
  const said = (isDone: boolean, text: string): Outcome => {
    return { isDone, text: `${name.padEnd(16)} ${text}` }
  }
  try {
    if ((await stat(image)).size > IMAGE_BYTES_MAX) {
      return said(false, `failed: larger than ${IMAGE_BYTES_MAX} bytes`)
    }
    const bytes = new Uint8Array(await readFile(image))
    const prints = await extractor.prints({ bytes, dpi })
    const [print] = prints
    if (!print || prints.length > 1) {
      return said(false, `failed: a record of ${prints.length} images, not one`)
    }
    const view = { ...print.view, position: 0, extensions: [] }
    await writeFile(template, writeIso19794v2005({ views: [view] }))
    return said(true, `${view.minutiae.length} minutiae, quality ${view.quality}`)
  } catch (error) {
    return said(false, `failed: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof InvalidImage || error instanceof ExtractorError) {
    return `${error.message} (${error.code})`
  }
  return error instanceof Error ? error.message : String(error)
}
