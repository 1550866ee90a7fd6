import { equal, is, ok } from 'uvu/assert'

/** Every tag is closed in its turn, every attribute quoted, no sign alone, no number missing. */
export function wellFormed(svg: string): void {
  const open: string[] = []
  const rest = svg.replaceAll(
    /<(\/?)(\w+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g,
    (_, ...tag: string[]) => {
      const [closing, name, , alone] = tag
      if (closing === '/') is(open.pop(), name)
      else if (alone !== '/') open.push(name!)
      return ''
    },
  )
  equal(open, [])
  is(/[<>]|&(?!(?:amp|lt|gt);)/.exec(rest), null)
  // Base 64 of an image may spell anything.
  ok(!/NaN|Infinity|undefined/.test(svg.replaceAll(/base64,[^"]*/g, '')))
  ok(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" '))
}
