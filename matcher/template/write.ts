/** Writes a template in whichever edition a peer reads. */
import { writeAnsi378v2004, writeAnsi378v2009 } from './ansi-378.ts'
import { writeIso19794v2005 } from './iso-19794-2.ts'
import { writeIso19794v2011 } from './iso-19794-2-2011.ts'
import type { TemplateFormat, Writable } from './template.ts'

/** All but the draft of 2007, which no edition ever was. */
export type WrittenFormat = Exclude<TemplateFormat, 'ansi-378:2007'>

const WRITERS: Readonly<Record<WrittenFormat, (template: Writable) => Uint8Array>> = {
  'iso-19794-2:2005': writeIso19794v2005,
  'iso-19794-2:2011': writeIso19794v2011,
  'ansi-378:2004': writeAnsi378v2004,
  'ansi-378:2009': (template) => writeAnsi378v2009(template, 'ansi-378:2009'),
  'ansi-378:2009/am1': (template) => writeAnsi378v2009(template, 'ansi-378:2009/am1'),
}

export const WRITTEN_FORMATS = Object.keys(WRITERS) as readonly WrittenFormat[]

/**
 * ANSI rounds directions to 2°. Extended areas go as they are: those of one edition may mean
 * nothing in another.
 *
 * @throws InvalidTemplate `field-range`: the edition cannot say it
 */
export function writeTemplate(template: Writable, format: WrittenFormat): Uint8Array {
  return WRITERS[format](template)
}
