// A click on the one selected element leaves it selected: diagram-js would let go of it, and whoever follows "select it,
// then…" would find its tools gone. A click beside it lets go.
const BEFORE_SELECTING = 1500;

export default function keepSelected(eventBus, selection) {
  eventBus.on('element.click', BEFORE_SELECTING, (click) => {
    const alone = selection.get().length === 1 && selection.isSelected(click.element);
    if (alone && !click.originalEvent.shiftKey) click.stopPropagation();
  });
}

keepSelected.$inject = ['eventBus', 'selection'];
