/** The inputs of a form, by the kind of each field. */
import { MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useChoices } from './hooks.ts';

export interface Field {
  name: string;
  label: string;
  input: 'text' | 'long' | 'date' | 'email' | 'role' | 'group' | 'authorizations';
  description?: string;
  /** Settled when it is created. */
  createOnly?: boolean;
  /** May be empty; `later`: once it was settled when it was created. */
  optional?: boolean | 'later';
}

/** Pixels that a date and time need, whatever the order of their parts. */
export const momentWidth = 250;

export type Values = Record<string, unknown>;

interface InputProps {
  field: Field;
  isNew: boolean;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

export function FieldInput({ field, isNew, value, error, onChange }: InputProps) {
  const { label, description, input } = field;
  const optional = field.optional === 'later' ? !isNew : field.optional;
  const common = { label, description, error, name: field.name, required: !optional, withAsterisk: !optional };
  const text = { ...common, value: String(value ?? '') };
  switch (input) {
    case 'long':
      return (
        <Textarea
          {...text}
          autosize
          minRows={2}
          maxRows={8}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      );
    case 'role':
    case 'group':
      return <ChoiceInput kind={input} {...common} value={value} onChange={onChange} />;
    case 'authorizations':
      return <AuthorizationsInput {...common} value={value} onChange={onChange} />;
    default:
      return <TextInput {...text} type={input} onChange={({ currentTarget }) => onChange(currentTarget.value)} />;
  }
}

type ChoiceProps = Omit<InputProps, 'field' | 'isNew' | 'error'> & {
  label: string;
  description: string | undefined;
  error: string | undefined;
  required: boolean;
};

function ChoiceInput({ kind, value, onChange, ...rest }: ChoiceProps & { kind: 'role' | 'group' }) {
  const [typed, setTyped] = useState('');
  const rows = useChoices(kind === 'role' ? 'roles' : 'groups', typed, value ? [String(value)] : []);
  return (
    <Select
      {...rest}
      searchable
      clearable={!rest.required}
      value={(value as string | null) || null}
      data={rows.map(({ id, name }) => ({ value: id, label: name }))}
      onSearchChange={setTyped}
      nothingFoundMessage={`No such ${kind}`}
      onChange={onChange}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

function AuthorizationsInput({ value, onChange, ...rest }: ChoiceProps) {
  const [typed, setTyped] = useState('');
  const rows = useChoices('authorizations', typed, (value as string[] | undefined) ?? []);
  return (
    <MultiSelect
      {...rest}
      searchable
      value={(value as string[] | undefined) ?? []}
      data={rows.map(({ id, name }) => ({ value: id, label: name }))}
      onSearchChange={setTyped}
      nothingFoundMessage="No such authorization"
      onChange={onChange}
    />
  );
}
