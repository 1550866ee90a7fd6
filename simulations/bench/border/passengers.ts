/** The bundled people as travellers: a passport with two of their prints, and others of today. */
import { readFile } from 'node:fs/promises'
import type { Extractor } from '../../../matcher/extract/extractor.ts'
import { templateOf } from '../../../matcher/extract/prints.ts'
import type { FingerArgument } from '../../../node/cli/arguments.ts'
import { readChipPrints } from '../../../node/cli/chip-prints.ts'
import { demoPeople } from '../../../node/demo/people.ts'
import { readPrints } from '../../../node/search/prints.ts'
import type { ChipFiles } from '../../../protocol/document/chip-file.ts'
import { writeChipFingers } from '../../../protocol/document/finger-record.ts'
import { writeZoneData } from '../../../protocol/document/zone-data.ts'
import type { CapturedFinger } from '../../../protocol/payload.ts'
import { chip, ZONE } from '../../../test/protocol/document/support/chips.ts'

export interface Image {
  readonly bytes: Uint8Array
  readonly position: number | undefined
}

export interface Passenger {
  readonly handle: Uint8Array
  /** For enrolment. */
  readonly fingers: readonly CapturedFinger[]
  readonly zone: string
  readonly files: ChipFiles
  /** Of today. */
  readonly images: readonly Image[]
}

/** Those of whom there are two prints of each finger, at most so many. */
export async function passengers(extractor: Extractor, most = Infinity): Promise<Passenger[]> {
  const found: Passenger[] = []
  for (const { handle, fingers, probes } of (await demoPeople()).people) {
    if (fingers.length < 2 || probes.length < 2 || found.length >= most) continue
    const groups = new Map([
      [1 as const, writeZoneData(ZONE)],
      [3 as const, writeChipFingers(await readChipPrints(fingers, { extractor }))],
    ])
    found.push({
      handle,
      fingers: await capturedOf(await imagesOf(fingers), extractor),
      zone: ZONE,
      files: chip({ groups }),
      images: await imagesOf(probes),
    })
  }
  return found
}

export async function capturedOf(
  images: readonly Image[],
  extractor: Extractor,
): Promise<CapturedFinger[]> {
  const prints = await Promise.all(images.map(async (image) => readPrints(image, extractor)))
  return prints.flat().map((print) => ({ position: print.position, template: templateOf(print) }))
}

async function imagesOf(files: readonly FingerArgument[]): Promise<Image[]> {
  return Promise.all(
    files.map(async ({ file, position }) => ({ bytes: await readFile(file), position })),
  )
}
