# Windows: set up what is missing and open fabricfinder on its demo library (without torch).
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..")
if (-not (Test-Path .venv\Scripts\python.exe)) { py -3.11 -m venv .venv }
.venv\Scripts\python.exe -m pip install --quiet -c packaging\constraints.txt -e .
if ($args.Count -eq 0) { $args = @("demo") }
& .venv\Scripts\python.exe -m fabricfinder @args
exit $LASTEXITCODE
