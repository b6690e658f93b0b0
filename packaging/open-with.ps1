# Windows: puts fabricfinder into the start menu and into "Open with" of pictures, for this user only.
#   powershell -ExecutionPolicy Bypass -File open-with.ps1           (from the unpacked folder)
#   powershell -ExecutionPolicy Bypass -File open-with.ps1 -Remove
param([switch]$Remove)
$ErrorActionPreference = "Stop"

$program = Join-Path $PSScriptRoot "fabricfinder.exe"
$key = "HKCU:\Software\Classes\Applications\fabricfinder.exe"
$link = Join-Path ([Environment]::GetFolderPath("Programs")) "fabricfinder.lnk"
$kinds = ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp"

if ($Remove) {
    if (Test-Path $key) { Remove-Item $key -Recurse }
    if (Test-Path $link) { Remove-Item $link }
    Write-Output "fabricfinder is no longer in the start menu and in Open with. Its folder can be deleted."
    exit 0
}
if (-not (Test-Path $program)) {
    Write-Error "fabricfinder.exe is not beside this script; run it from the unpacked folder."
    exit 1
}
New-Item "$key\shell\open\command" -Force | Out-Null
Set-Item "$key\shell\open\command" -Value "`"$program`" open `"%1`""
New-ItemProperty $key -Name "FriendlyAppName" -Value "fabricfinder" -Force | Out-Null
New-Item "$key\DefaultIcon" -Force | Out-Null
Set-Item "$key\DefaultIcon" -Value "`"$program`",0"
New-Item "$key\SupportedTypes" -Force | Out-Null
foreach ($kind in $kinds) {
    New-ItemProperty "$key\SupportedTypes" -Name $kind -Value "" -Force | Out-Null
}
$shell = New-Object -ComObject WScript.Shell
$shortcut = $shell.CreateShortcut($link)
$shortcut.TargetPath = $program
$shortcut.WorkingDirectory = $PSScriptRoot
$shortcut.Save()
Write-Output "fabricfinder is in the start menu, and under Open with of pictures."
