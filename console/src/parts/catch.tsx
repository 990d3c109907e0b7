import { Component, type ReactNode } from 'react';
import { Fatal } from './fatal.tsx';

/** A page that breaks says so, instead of leaving nothing; another one may be good. */
export class Catch extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidMount() {
    addEventListener('hashchange', () => this.setState({ error: null }));
  }

  override render() {
    return this.state.error ? <Fatal message={this.state.error.message} /> : this.props.children;
  }
}
