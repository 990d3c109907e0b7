import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';

interface DialogProps {
  title: string;
  size?: string;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog with its title inside: the library's own header would be a second banner of the page. */
export function Dialog({ title, size, onClose, children }: DialogProps) {
  return (
    <Modal.Root opened onClose={onClose} size={size} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Modal.Title fz="lg" fw={700} mb="sm">
            {title}
          </Modal.Title>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
