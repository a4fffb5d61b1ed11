/** What graphs run on: the processor, or a graphics processor by the interface to it. */
export const DEVICES = ['cpu', 'webgpu', 'cuda'] as const
export type Device = (typeof DEVICES)[number]
