<?php
/**
 * Stands in for plugins that bound how often REST is called.
 */

add_filter( 'rest_authentication_errors', fn() => new WP_Error( 'slow_down', 'Later.', array( 'status' => 429 ) ) );
