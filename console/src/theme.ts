import { createTheme, type CSSVariablesResolver } from '@mantine/core';

/** Shades with enough contrast for small text, in both schemes. */
export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: { light: 8, dark: 8 },
  fontFamily: 'system-ui, sans-serif',
  headings: { fontFamily: 'system-ui, sans-serif' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    Badge: { defaultProps: { variant: 'light', tt: 'none', fw: 600 } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    TextInput: { defaultProps: { autoComplete: 'off' } },
  },
});

export const variables: CSSVariablesResolver = (of) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': of.colors.gray[7],
    '--mantine-color-error': of.colors.red[9],
    '--mantine-color-placeholder': of.colors.gray[7],
    '--mantine-color-blue-light-color': of.colors.blue[9],
    '--mantine-color-blue-light-hover': of.colors.blue[0],
    '--mantine-color-green-light-color': '#1d5e2a',
    '--mantine-color-red-light-color': of.colors.red[9],
    '--mantine-color-yellow-light-color': '#5a3d00',
    '--mantine-color-gray-light-color': of.colors.gray[8],
    '--mantine-color-grape-light-color': of.colors.grape[9],
    '--mantine-color-red-filled': of.colors.red[9],
    '--mantine-color-red-outline': of.colors.red[9],
    '--mantine-color-anchor': of.colors.blue[9],
  },
  dark: {
    '--mantine-color-dimmed': of.colors.dark[1],
    '--mantine-color-error': of.colors.red[4],
    '--mantine-color-placeholder': of.colors.dark[1],
    '--mantine-color-blue-light-color': of.colors.blue[2],
    '--mantine-color-green-light-color': of.colors.green[3],
    '--mantine-color-red-light-color': of.colors.red[2],
    '--mantine-color-yellow-light-color': of.colors.yellow[3],
    '--mantine-color-gray-light': of.colors.dark[5],
    '--mantine-color-gray-light-color': of.colors.gray[4],
    '--mantine-color-grape-light-color': of.colors.grape[2],
    '--mantine-color-red-filled': of.colors.red[9],
    '--mantine-color-red-outline': of.colors.red[3],
    '--mantine-color-anchor': of.colors.blue[4],
  },
});
