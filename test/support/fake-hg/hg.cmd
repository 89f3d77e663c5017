@echo off
node "%~dp0hg" %*
