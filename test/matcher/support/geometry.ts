/** A finger moved, turned or taken at another resolution, as a sensor would have seen it. */
import type { FingerView, Minutia } from '../../../matcher/template/template.ts'

/**
 * Turned counter-clockwise by a byte angle about the middle of the image, then moved, in pixels.
 */
export function moved(view: FingerView, turn: number, right: number, down: number): FingerView {
  const radians = (turn * 2 * Math.PI) / 256
  const middleX = view.width / 2
  const middleY = view.height / 2
  const minutiae = view.minutiae.map((minutia): Minutia => {
    const x = minutia.x - middleX
    const y = middleY - minutia.y
    const turnedX = x * Math.cos(radians) - y * Math.sin(radians)
    const turnedY = x * Math.sin(radians) + y * Math.cos(radians)
    return {
      ...minutia,
      x: Math.round(middleX + turnedX) + right,
      y: Math.round(middleY - turnedY) + down,
      angle: (minutia.angle + turn) & 0xff,
    }
  })
  return { ...view, minutiae }
}

/** The same finger on a sensor of another resolution, pixels per centimetre. */
export function atResolution(view: FingerView, resolution: number): FingerView {
  const scale = resolution / view.resolutionX
  const minutiae = view.minutiae.map((minutia) => ({
    ...minutia,
    x: Math.round(minutia.x * scale),
    y: Math.round(minutia.y * scale),
  }))
  return { ...view, minutiae, resolutionX: resolution, resolutionY: resolution }
}
