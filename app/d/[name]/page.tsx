import { notFound } from 'next/navigation';
import { DocumentPage } from '../../document/document-page.tsx';
import { readSnapshot } from '../../document/read-snapshot.ts';

export default async function Page({ params }: { params: Promise<{ name: string }> }) {
  const name = decode((await params).name);
  if (name === undefined) notFound();
  const found = await readSnapshot(name);
  if (found === 'missing') notFound();
  return <DocumentPage name={name} snapshot={found} />;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // not an address that this page has ever made
  }
}
