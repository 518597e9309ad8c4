<?php
/**
 * Plugin Name: Slipway guard
 * Description: Keeps the site's plugins on, lets people in by their groups, and holds the chat's credential to drafts of the person who connected it.
 * Version: 1.0.0
 * License: GPL-2.0-or-later
 *
 * Must-use, because these rules have to hold even where somebody may switch plugins off.
 * WordPress loads only the top level of mu-plugins, so this file names its parts.
 *
 * @package Slipway_Guard
 */

defined( 'ABSPATH' ) || exit;

require __DIR__ . '/slipway/class-oidc-settings.php';
require __DIR__ . '/slipway/class-oidc-session.php';
require __DIR__ . '/slipway/class-oidc-people.php';
require __DIR__ . '/slipway/authorities.php';
require __DIR__ . '/slipway/activation.php';
require __DIR__ . '/slipway/closed-doors.php';
require __DIR__ . '/slipway/privacy.php';
require __DIR__ . '/slipway/mail.php';
require __DIR__ . '/slipway/class-credential.php';
require __DIR__ . '/slipway/class-open-routes.php';
require __DIR__ . '/slipway/class-narrowing.php';
require __DIR__ . '/slipway/class-drafts-only.php';
require __DIR__ . '/slipway/class-once-per-key.php';
require __DIR__ . '/slipway/class-safe-change.php';
require __DIR__ . '/slipway/class-pictures-only.php';
require __DIR__ . '/slipway/class-mcp-door.php';
require __DIR__ . '/slipway/class-mcp-answers.php';

Slipway_Guard\Oidc_Settings::watch();
Slipway_Guard\Oidc_Session::watch();
Slipway_Guard\Oidc_People::watch();
Slipway_Guard\Credential::watch();
Slipway_Guard\Open_Routes::watch();
Slipway_Guard\Narrowing::watch();
Slipway_Guard\Drafts_Only::watch();
Slipway_Guard\Once_Per_Key::watch();
Slipway_Guard\Safe_Change::watch();
Slipway_Guard\Pictures_Only::watch();
Slipway_Guard\Mcp_Door::watch();
Slipway_Guard\Mcp_Answers::watch();
