<?php
/**
 * German with "Sie" is the only German there is.
 *
 * @package Slipway_Connect
 */

return array( 'language' => 'de_DE_formal' ) + require __DIR__ . '/slipway-connect-de_DE.l10n.php';
