import { Icon } from '../components/icons.tsx'

export const PanIcon = () => (
  <Icon>
    <path d="M12 3v18M3 12h18M12 3l-2.5 2.5M12 3l2.5 2.5M12 21l-2.5-2.5M12 21l2.5-2.5M3 12l2.5-2.5M3 12l2.5 2.5M21 12l-2.5-2.5M21 12l-2.5 2.5" />
  </Icon>
)

export const LassoIcon = () => (
  <Icon>
    <path d="M7 16.5C4.5 15.3 3 13.2 3 11c0-3.9 4-7 9-7s9 3.1 9 7-4 7-9 7c-1 0-2-.1-2.9-.4" />
    <circle cx="7.5" cy="17.5" r="2" />
    <path d="M6.5 19.3c-.3 1-1 1.7-2 2.2" />
  </Icon>
)

export const RectangleIcon = () => (
  <Icon>
    <rect x="4" y="5" width="16" height="14" rx="1" strokeDasharray="3.5 3" />
  </Icon>
)

export const ZoomInIcon = () => (
  <Icon>
    <circle cx="10.5" cy="10.5" r="6.5" />
    <path d="M15.5 15.5 20 20M10.5 8v5M8 10.5h5" />
  </Icon>
)

export const ZoomOutIcon = () => (
  <Icon>
    <circle cx="10.5" cy="10.5" r="6.5" />
    <path d="M15.5 15.5 20 20M8 10.5h5" />
  </Icon>
)

export const WholeIcon = () => (
  <Icon>
    <path d="M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5" />
  </Icon>
)
