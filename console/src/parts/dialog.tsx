import { Modal } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';

interface DialogProps {
  title: string;
  size?: string;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog with its title inside: the library's own header would be a second banner of the page. */
export function Dialog({ title, size, onClose, children }: DialogProps) {
  useFocusBack();
  return (
    <Modal.Root opened onClose={onClose} size={size} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Modal.Title fz="lg" fw={700} mb="sm" style={{ overflowWrap: 'anywhere' }}>
            {title}
          </Modal.Title>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Whoever uses the keyboard goes on from where the dialog was opened, unless that led to another place. */
function useFocusBack(): void {
  const [opener] = useState(() => document.activeElement as HTMLElement | null);
  useEffect(
    () => () => {
      // Once the dialog is gone, and with it the focus.
      setTimeout(() => {
        if (document.activeElement === document.body) opener?.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}
