/** What is left to say when the console itself cannot go on. */
export function Fatal({ message }: { message: string }) {
  return (
    <main style={{ maxWidth: '40rem', margin: '4rem auto', padding: '0 1rem', font: '1rem/1.5 system-ui, sans-serif' }}>
      <h1>The console cannot start</h1>
      <p role="alert">{message}</p>
      <button onClick={() => location.reload()}>Try again</button>
    </main>
  );
}
