/** Finds FVC sets below a folder and reads their templates. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { extract } from '../../../matcher/extract/extract.ts'
import { readImage } from '../../../matcher/image/read.ts'
import { at500Dpi } from '../../../matcher/image/resample.ts'
import { pack } from '../../../matcher/packed.ts'
import type { Feedback } from '../../../matcher/quality/feedback.ts'
import { readTemplate } from '../../../matcher/template/read.ts'
import { InvalidTemplate, type FingerView } from '../../../matcher/template/template.ts'
import type { Impression } from './protocol.ts'

/** Folders below the one given: `fvc2002/DB1_B` is two deep. */
const DEPTH_MAX = 4

/** Instead of an extractor's name: the images are extracted by ours. */
const OWN = 'images'

const IMPRESSION_NAME = /^(\d+)_(\d+)\.(png|iso)$/

export interface FvcSet {
  readonly name: string
  readonly impressions: readonly Impression<Uint8Array>[]
}

/** How a template becomes a record; feedback comes with our own alone. */
type Packer = (view: FingerView, feedback?: readonly Feedback[]) => Uint8Array

/**
 * Sets with templates of one extractor, `<set>/<extractor>/F_I.iso`, by name; for `images` with
 * `<set>/F_I.png`, of which our own extractor makes templates.
 */
export function readSets(
  folder: string,
  extractor: string,
  packer: Packer = (view) => pack(view),
): FvcSet[] {
  return foldersBelow(folder, DEPTH_MAX)
    .filter((set) => isSet(set, extractor))
    .sort()
    .map((set) => {
      const impressions = readImpressions(set, extractor, packer)
      return { name: relative(folder, set), impressions }
    })
    .filter(({ impressions }) => impressions.length > 0)
}

/** Every impression the set has, as image or as template; one that cannot be read has no record. */
function readImpressions(set: string, extractor: string, packer: Packer): Impression<Uint8Array>[] {
  const names =
    extractor === OWN
      ? readdirSync(set)
      : [...readdirSync(set), ...readdirSync(join(set, extractor))]
  const known = new Map<string, { finger: number; impression: number }>()
  for (const name of names) {
    const [, finger, impression] = IMPRESSION_NAME.exec(name) ?? []
    if (finger === undefined || impression === undefined) continue
    known.set(`${finger}_${impression}`, { finger: Number(finger), impression: Number(impression) })
  }
  return [...known.entries()]
    .map(([name, { finger, impression }]) => ({
      finger,
      impression,
      record:
        extractor === OWN
          ? extractRecord(join(set, `${name}.png`), packer)
          : readRecord(join(set, extractor, `${name}.iso`), packer),
    }))
    .sort((one, two) => one.finger - two.finger || one.impression - two.impression)
}

/** Images beside each other are a set for our own extractor. */
function isSet(folder: string, extractor: string): boolean {
  if (extractor !== OWN) return existsSync(join(folder, extractor))
  return readdirSync(folder).some((name) => name.endsWith('.png') && IMPRESSION_NAME.test(name))
}

/** From the image, by our own extractor. */
function extractRecord(file: string, packer: Packer): Uint8Array | undefined {
  const { view, feedback } = extract(at500Dpi(readImage(readFileSync(file))))
  return view.minutiae.length > 0 ? packer(view, feedback) : undefined
}

/** Failed where there is no template, no valid one, or one without minutiae. */
function readRecord(file: string, packer: Packer): Uint8Array | undefined {
  if (!existsSync(file)) return undefined
  try {
    const [view] = readTemplate(readFileSync(file)).views
    return view && view.minutiae.length > 0 ? packer(view) : undefined
  } catch (error) {
    if (error instanceof InvalidTemplate) return undefined
    throw error
  }
}

function foldersBelow(folder: string, depth: number): string[] {
  if (depth === 0) return [folder]
  const inside = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return [folder, ...inside.flatMap(({ name }) => foldersBelow(join(folder, name), depth - 1))]
}
