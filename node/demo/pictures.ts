/** Pictures of what the extractor sees in the bundled prints, and of what the matcher goes by. */
import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readImage } from '../../matcher/image/read.ts'
import { at500Dpi } from '../../matcher/image/resample.ts'
import { examine, type ExaminedPrint } from '../print/examined-print.ts'
import { matchPicture } from '../print/match-picture.ts'
import type { Picture } from '../print/picture.ts'
import { printPicture } from '../print/print-picture.ts'
import { svgOf } from '../print/svg.ts'
import type { DemoPeople } from './people.ts'

export interface WrittenPicture {
  readonly what: string
  readonly file: string
}

/** A good print, a poor one, and a finger found again, into `folder`. */
export async function writePictures(
  { people, poor }: DemoPeople,
  folder: string,
): Promise<WrittenPicture[]> {
  const [first] = people
  const enrolled = await examined(first!.fingers[0]!.file)
  const probe = await examined(first!.probes[0]!.file)
  const pictures: readonly (readonly [what: string, name: string, picture: Picture])[] = [
    ['a good print', 'good-print.svg', printPicture(enrolled)],
    ['a poor one', 'poor-print.svg', printPicture(await examined(poor))],
    ['one found again', 'match.svg', matchPicture(probe, enrolled).picture],
  ]
  return Promise.all(
    pictures.map(async ([what, name, picture]) => {
      const file = join(folder, name)
      await writeFile(file, svgOf(picture))
      return { what, file }
    }),
  )
}

async function examined(file: string): Promise<ExaminedPrint> {
  return examine(basename(file), at500Dpi(readImage(await readFile(file))))
}
