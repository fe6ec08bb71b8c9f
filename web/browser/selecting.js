// A click on the one selected element leaves it selected: diagram-js would let go of it, and whoever follows "select it,
// then…" would find its tools gone. A click beside it lets go.
const [BEFORE, AFTER] = [1500, 500]; // diagram-js selects at 1000

export default function keepSelected(eventBus, selection) {
  let kept;
  eventBus.on('element.click', BEFORE, ({ element, originalEvent }) => {
    const alone = selection.get().length === 1 && selection.isSelected(element);
    kept = alone && !originalEvent.shiftKey ? element : undefined;
  });
  eventBus.on('element.click', AFTER, () => { if (kept) selection.select(kept); });
}

keepSelected.$inject = ['eventBus', 'selection'];
