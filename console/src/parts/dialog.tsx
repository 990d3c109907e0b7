import { Modal, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface DialogProps {
  title: string;
  size?: string;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog with its title inside: the library's own header would be a second banner of the page. */
export function Dialog({ title, size, onClose, children }: DialogProps) {
  const id = useId();
  return (
    <Modal opened onClose={onClose} withCloseButton={false} size={size} centered aria-labelledby={id}>
      <Title order={2} size="h4" id={id} mb="sm">
        {title}
      </Title>
      {children}
    </Modal>
  );
}
