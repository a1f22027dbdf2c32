// What stands in the text while a picture is on its way to the server, or did not get there.

export interface UploadWords {
  uploading: (name: string) => string;
  cancel: string;
  retry: string;
  remove: string;
}

export interface UploadPlaceholder {
  readonly dom: HTMLElement;
  /** `why`: stands beside what can be done about it. */
  readonly show: (state: 'sending' | 'failed', why?: string) => void;
  /** A share, 0 to 1. */
  readonly progress: (share: number) => void;
}

let made = 0;

export function uploadPlaceholder(
  name: string,
  words: UploadWords,
  does: { cancel: () => void; retry: () => void },
): UploadPlaceholder {
  const dom = element('div', 'upload');
  dom.id = `upload-${++made}`;
  dom.contentEditable = 'false';
  dom.dataset.testid = 'upload';
  const text = element('p', 'upload-text');
  text.role = 'status';
  const bar = document.createElement('progress');
  const retry = button(words.retry, does.retry);
  const end = button(words.cancel, does.cancel);
  dom.append(text, bar, retry, end);

  const show = (state: 'sending' | 'failed', why = '') => {
    dom.dataset.state = state;
    text.textContent = state === 'failed' ? why : words.uploading(name);
    bar.ariaLabel = words.uploading(name);
    bar.removeAttribute('value');
    bar.hidden = state === 'failed';
    if (state === 'sending' && retry.ownerDocument.activeElement === retry) end.focus(); // what is hidden loses the keys
    retry.hidden = state !== 'failed';
    end.textContent = state === 'failed' ? words.remove : words.cancel;
  };
  show('sending');
  return {
    dom,
    show,
    progress: (share) => {
      // All is sent, and the server puts it on its disk: how long that takes nobody knows.
      if (share < 1) bar.value = share;
      else bar.removeAttribute('value');
    },
  };
}

function element(tag: 'div' | 'p', name: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}

function button(label: string, run: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.addEventListener('click', run);
  return made;
}
