/**
 * Why data written with one Avro schema cannot be read with another.
 *
 * @param {import('avsc').Type} reader
 * @param {import('avsc').Type} writer
 * @param {string} [path] where in the schema; fields joined by dots
 * @returns {string[]} one line for each field that stands in the way; empty when all can be read
 */
export function incompatibilities(reader, writer, path = '') {
  let reason;
  try {
    reader.createResolver(writer);
    return [];
  } catch (error) {
    reason = error.message;
  }
  const deeper = descend(reader, writer, path);
  return deeper.length > 0 ? deeper : [`${path || '(top)'}: ${reason}`];
}

function descend(reader, writer, path) {
  if (reader.typeName.startsWith('union:')) {
    return branches(writer).flatMap((written) => {
      const wanted = reader.types.find((type) => type.branchName === written.branchName);
      if (wanted) return incompatibilities(wanted, written, `${path}(${written.branchName.split('.').at(-1)})`);
      return reader.types.some((type) => incompatibilities(type, written).length === 0)
        ? []
        : [`${path || '(top)'}: nothing can read the branch ${written.branchName} any more`];
    });
  }
  if (reader.typeName !== writer.typeName) return [];
  switch (reader.typeName) {
    case 'record':
    case 'error':
      return reader.fields.flatMap((field) => fieldIncompatibilities(field, writer, path));
    case 'array':
      return incompatibilities(reader.itemsType, writer.itemsType, `${path}[]`);
    case 'map':
      return incompatibilities(reader.valuesType, writer.valuesType, `${path}{}`);
    default:
      return [];
  }
}

function fieldIncompatibilities(field, writer, path) {
  const at = path ? `${path}.${field.name}` : field.name;
  const written = writer.fields.find((candidate) => candidate.name === field.name || field.aliases.includes(candidate.name));
  if (written) return incompatibilities(field.type, written.type, at);
  return field.defaultValue() === undefined ? [`${at}: is not in the older version and has no default`] : [];
}

function branches(type) {
  return type.typeName.startsWith('union:') ? type.types : [type];
}
