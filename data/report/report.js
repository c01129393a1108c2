// A button beside every exact form that is opened; nothing else needs a script.
document.addEventListener('toggle', function (event) {
  var box = event.target;
  if (!box.open || box.dataset.buttons) return;
  box.dataset.buttons = 'made';
  box.querySelectorAll('code').forEach(function (code) {
    var button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'copy';
    button.addEventListener('click', function () {
      var selection = window.getSelection();
      selection.selectAllChildren(code);
      if (document.execCommand('copy')) button.textContent = 'copied';
    });
    code.after(button);
  });
}, true);
