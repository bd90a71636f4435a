import { CairnError } from '@cairn/contracts';

const UTF8 = /^"?utf-?8"?$/i;

/**
 * The media type of a Content-Type header, in lower case and without its parameters; null where there is no header.
 * @throws CairnError `unsupported_media_type` for a charset that is not UTF-8
 */
export function parseMediaType(header: string | null | undefined): string | null {
  const [mediaType = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim());
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim().toLowerCase() === 'charset' && !UTF8.test(value.trim())) {
      throw new CairnError('unsupported_media_type', `the charset ${value} is not read here: send UTF-8`);
    }
  }
  return mediaType === '' ? null : mediaType.toLowerCase();
}
