import { MissingDocument } from '../../document/missing-document.tsx';

export default function NotFound() {
  return <MissingDocument />;
}
