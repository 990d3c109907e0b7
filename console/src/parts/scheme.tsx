import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';

/** As the system has it, until somebody chooses. */
export const useScheme = (): 'light' | 'dark' => useComputedColorScheme('light', { getInitialValueInEffect: false });

export function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useScheme();
  const other = scheme === 'light' ? 'dark' : 'light';
  return (
    <ActionIcon variant="default" size="lg" aria-label={`Use ${other} colours`} onClick={() => setColorScheme(other)}>
      <span aria-hidden>{scheme === 'light' ? '☾' : '☀'}</span>
    </ActionIcon>
  );
}
