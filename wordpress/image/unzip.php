<?php
/**
 * Usage: php unzip.php ARCHIVE FOLDER. The base image has PHP's zip extension and no unzip.
 *
 * @package Slipway_Site
 */

$slipway_zip = new ZipArchive();
exit( true === $slipway_zip->open( $argv[1] ) && $slipway_zip->extractTo( $argv[2] ) ? 0 : 1 );
