// What all parts of the page use. Names come from a model that nobody trusts: they become text, never markup.

const facts = JSON.parse(document.getElementById('facts').textContent);
const { inspection, measurement, precision } = facts;
const plan = inspection.plan;
const byID = id => document.getElementById(id);

function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') node.addEventListener(name, value);
    else if (name.startsWith('--')) node.style.setProperty(name, value);
    else if (value !== undefined && value !== false) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter(child => child !== undefined && child !== null && child !== false));
  return node;
}

// Three significant digits.
function rounded(value) {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

function withPrefix(value, step, units) {
  let unit = 0;
  while (value >= step * 0.9995 && unit + 1 < units.length) {
    value /= step;
    unit += 1;
  }
  return (unit === 0 && Number.isInteger(value) ? value : rounded(value)) + units[unit];
}

const bytes = count => withPrefix(count, 1024, [' bytes', ' KiB', ' MiB', ' GiB', ' TiB']);
const amount = count => withPrefix(count, 1000, ['', ' k', ' M', ' G', ' T', ' P']);
const duration = microseconds => withPrefix(Number(microseconds) + 0.0, 1000, [' µs', ' ms', ' s']);
const percent = part => rounded(100 * part) + ' %';
const plural = (count, noun) => count + ' ' + noun + (count === 1 ? '' : 's');

// The indices of a list's items by some name of theirs.
function grouped(list, key) {
  const groups = new Map();
  list.forEach((item, index) => {
    const name = key(item);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(index);
  });
  return groups;
}

const counted = (names, separator = ', ') => [...grouped(names, name => name)]
  .map(([name, all]) => all.length > 1 ? `${name} × ${all.length}` : name).join(separator);

// What kind of work an operator is: its colour.
const kinds = {
  dense: 'convolutions', depthwise: 'depthwise and grouped convolutions', product: 'products of matrices',
  pool: 'pooling and sums', sum: 'element by element', norm: 'normalisations', other: 'moving data, and others',
};

function kind(operation, details = '') {
  if (/Conv/.test(operation)) return /groups? ?[2-9]|groups? ?1\d/.test(details) ? 'depthwise' : 'dense';
  if (/Linear|Gemm|MatMul|LSTM|GRU|RNN|Recurrence/.test(operation)) return 'product';
  if (/Pool|Reduce|ArgM/.test(operation)) return 'pool';
  if (/Norm|ChannelAffine|LRN/.test(operation)) return 'norm';
  if (/Transpose|Reshape|Flatten|Concat|Slice|Split|Gather|Pad|Cast|Resize|Squeeze|Shape|Expand|Tile|Copy|Identity|Constant/
    .test(operation)) return 'other';
  return 'sum';
}

const colour = name => `var(--${name})`;

// An operator in the colour of its kind; several that are computed together with how often each occurs.
const tag = (operation, details) => element(
  'span', { class: 'tag', '--kind': colour(kind(operation, details)) }, counted(operation.split('+'), ' + '));
