// On a phone the parts of a draft stand on one line: the one that is open is brought into sight.
document.querySelector('.studio > nav.tabs [aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
