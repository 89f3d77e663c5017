// Stands in for the native add-on @vscode/spdlog inside the VS Code server: plain log files that are appended to.
// The names are assigned one by one because Node must find them when an ES module imports this file.
const fs = require('fs');
const path = require('path');

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  constructor(file) {
    this.level = 2;
    this.file = file;
    if (file) fs.mkdirSync(path.dirname(file), { recursive: true });
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  setPattern() {}
  clearFormatters() {}
  flush() {}
  drop() {
    this.file = undefined;
  }
}

levels.forEach((name, level) => {
  Logger.prototype[name] = function (text) {
    if (level < this.level || !this.file) return;
    try {
      fs.appendFileSync(this.file, `${new Date().toISOString()} [${name}] ${text}\n`);
    } catch {
      // The folder of the logs is removed while the server shuts down; a lost line of log harms nobody.
      this.file = undefined;
    }
  };
});

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.shutdown = () => {};
exports.createRotatingLogger = async (_name, file) => new Logger(file);
exports.createAsyncRotatingLogger = async (_name, file) => new Logger(file);
