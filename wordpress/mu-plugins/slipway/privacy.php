<?php
/**
 * Nothing about the site's people leaves the site by itself.
 *
 * @package Slipway_Guard
 */

defined( 'ABSPATH' ) || exit;

/**
 * No pictures by e-mail address: each would tell a stranger's server who writes here.
 *
 * @return string
 */
function slipway_guard_no_avatars() {
	return '0';
}
add_filter( 'pre_option_show_avatars', 'slipway_guard_no_avatars' );
